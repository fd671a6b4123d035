// A time has a unit.
// MODE: plain
// EXPECT: timeout
#include <chrono>
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<bool> caller() {
#ifdef EDO_GOOD
  auto timed = co_await edo::timeout(std::chrono::seconds(1), answer());
#else
  auto timed = co_await edo::timeout(1, answer());
#endif
  co_return timed.has_value();
}
