// A program as a user writes it. It touches the scheduler, the timers and the network, so that
// each of them must be in the library that was found.
#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <string>

using namespace std::chrono_literals;

edo::async<int> answer() {
  co_await edo::sleep(1ms);
  co_return 42;
}

edo::async<int> async_main() {
  auto task = edo::spawn(answer());
  auto listener = co_await edo::tcp_listener::bind("127.0.0.1:0");
  if (!listener) co_return 1;
  const auto where = listener->local_addr();
  if (!where) co_return 1;

  const std::string text = where->to_string();
  const auto found = co_await task;
  if (!found) co_return 1;
  std::printf("task %d, host %s, %s\n", *found, text.substr(0, text.find(':')).c_str(),
              EDO_CHECKED ? "checked" : "unchecked");
  co_return 0;
}

int main() { return edo::run(async_main()); }
