// A lambda coroutine must say what it returns.
// MODE: plain
// EXPECT: cannot be used in a function with a deduced return type
#include <chrono>
#include <edo/edo.hpp>

void caller() {
#ifdef EDO_GOOD
  auto naps = []() -> edo::async<void> { co_await edo::sleep(std::chrono::seconds(1)); };
#else
  auto naps = [] { co_await edo::sleep(std::chrono::seconds(1)); };
#endif
  (void)naps;
}
