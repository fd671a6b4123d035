// A combinator hands the mark on.
// MODE: plain
// COMPILER: gcc
// EXPECT: EDO-E0015: g\+\+ before 13 destroys a closure
#include <chrono>
#include <edo/edo.hpp>
#include <string>

edo::async<std::size_t> caller(std::string name) {
  using namespace std::chrono_literals;
#ifdef EDO_GOOD
  auto block = edo::async_block([name]() -> edo::async<void> { co_return; });
  auto first = co_await edo::select(block, edo::timeout(1s, edo::sleep(2s)));
#else
  auto first = co_await edo::select(edo::async_block([name]() -> edo::async<void> { co_return; }),
                                    edo::sleep(1s));
#endif
  co_return first.index();
}
