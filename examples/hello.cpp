// The smallest programs: a coroutine, an await, a runtime.
//
//   c++ -std=c++23 hello.cpp $(pkg-config --cflags --libs edo) && ./a.out
#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <string>

using namespace std::chrono_literals;

// A coroutine that is a future: calling it runs nothing yet.
edo::async<std::string> greeting(std::string name) {
  co_await edo::sleep(10ms);  // waits without holding a thread
  co_return "hello, " + name;
}

edo::async<int> async_main() {
  const std::string first = co_await greeting("world");
  std::puts(first.c_str());

  // Two at once, in 10 ms together.
  auto [left, right] = co_await edo::join(greeting("Ada"), greeting("Grace"));
  std::printf("%s; %s\n", left.c_str(), right.c_str());
  co_return 0;  // the exit code
}

int main() { return edo::run(async_main()); }

// Prints:
//   hello, world
//   hello, Ada; hello, Grace
