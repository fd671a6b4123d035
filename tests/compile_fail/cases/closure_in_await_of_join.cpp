// Through join, timeout and try_.
// MODE: plain
// COMPILER: gcc
// EXPECT: EDO-E0015: g\+\+ before 13 destroys a closure
#include <chrono>
#include <edo/edo.hpp>
#include <string>

edo::async<edo::result<void>> caller(std::string name) {
  using namespace std::chrono_literals;
#ifdef EDO_GOOD
  auto block = edo::async_block([name]() -> edo::async<edo::result<void>> { co_return {}; });
  co_await edo::try_(edo::timeout(1s, block));
#else
  co_await edo::try_(edo::timeout(
      1s, edo::async_block([name]() -> edo::async<edo::result<void>> { co_return {}; })));
#endif
  co_return {};
}
