// g++ 12 destroys a closure made inside a co_await expression twice.
// MODE: plain
// COMPILER: gcc
// EXPECT: EDO-E0015: g\+\+ before 13 destroys a closure
#include <edo/edo.hpp>
#include <string>

edo::async<void> caller(std::string name) {
#ifdef EDO_GOOD
  auto block = edo::async_block([name]() -> edo::async<void> { co_return; });
  co_await block;
#else
  co_await edo::async_block([name]() -> edo::async<void> { co_return; });
#endif
}
