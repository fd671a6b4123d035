// Why a lambda coroutine may outlive its captures, and what to do.
#include <cstdio>
#include <edo/edo.hpp>
#include <string>
#include <utility>

// [broken]
edo::async<void> spawn_the_call() {
  std::string name = "Ada";
  auto greet = [name]() -> edo::async<void> {
    std::printf("hello, %s\n", name.c_str());
    co_return;
  };
  try {
    edo::spawn(greet());  // the frame refers to `greet`, and `greet` dies with this function
  } catch (const edo::usage_error& error) {
    std::printf("refused: %.9s\n", error.what());
  }
  co_return;
}
// [/broken]

// [spawned]
edo::async<void> spawn_the_closure() {
  std::string name = "Ada";
  auto greet = [name]() -> edo::async<void> {
    std::printf("hello, %s\n", name.c_str());
    co_return;
  };
  auto task = edo::spawn(greet);  // no call: the task keeps a copy of the closure beside the frame
  auto ended = co_await task;
  if (!ended.has_value()) std::puts(ended.error().message().c_str());
}
// [/spawned]

// [block]
edo::async<int> twice(int n) { co_return 2 * n; }

edo::async<int> use_blocks() {
  int base = 10;
  auto left = edo::async_block([base]() -> edo::async<int> {
    int value = co_await twice(base);
    co_return value + 1;
  });
  auto right = edo::async_block(twice, base);  // a function with its arguments works too
  auto [a, b] = co_await edo::join(left, right);
  co_return a + b;
}
// [/block]

// [parameters]
edo::async<std::size_t> length(std::string text) {  // by value: the frame owns it
  co_await edo::yield_now();
  co_return text.size();
}
// [/parameters]

edo::async<void> async_main() {
  co_await spawn_the_call();
  co_await spawn_the_closure();
  int sum = co_await use_blocks();
  std::printf("blocks: %d\n", sum);
  std::size_t size = co_await length("four");
  std::printf("length: %zu\n", size);
}

int main() { return edo::run(async_main()); }
