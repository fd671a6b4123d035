// Exceptions pass through co_await; try_ hands errors up without them.
#include <charconv>
#include <cstdio>
#include <edo/edo.hpp>
#include <stdexcept>
#include <string>
#include <system_error>

// [exceptions]
edo::async<int> fails() {
  co_await edo::yield_now();
  throw std::runtime_error("the disk is on fire");
}

edo::async<void> catches() {
  try {
    int value = co_await fails();
    std::printf("never printed: %d\n", value);
  } catch (const std::runtime_error& error) {
    std::printf("caught: %s\n", error.what());
  }
}
// [/exceptions]

// [task]
edo::async<void> watches_a_task() {
  auto task = edo::spawn(fails());
  std::expected<int, edo::join_error> ended = co_await task;
  if (!ended.has_value() && ended.error().is_exception()) {
    std::puts("the task has failed; everybody else goes on");
  }
}
// [/task]

// [results]
edo::async<edo::result<int>> parse(std::string text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) co_return std::unexpected(std::make_error_code(error));
  co_return value;
}

edo::async<edo::result<int>> sum(std::string a, std::string b) {
  int x = co_await edo::try_(parse(a));  // an error ends sum() here, with that error
  int y = co_await edo::try_(parse(b));
  co_return x + y;
}
// [/results]

// [main]
edo::async<void> async_main() {
  co_await catches();
  co_await watches_a_task();
  auto good = co_await sum("40", "2");
  if (good.has_value()) std::printf("sum: %d\n", *good);
  auto bad = co_await sum("40", "two");
  if (!bad.has_value()) std::printf("no sum: %s\n", bad.error().message().c_str());
}

int main() { return edo::run(async_main()); }
// [/main]
