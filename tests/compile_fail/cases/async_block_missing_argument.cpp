// The arguments of the callable are given to async_block.
// MODE: plain
// EXPECT: EDO-E0018|async_block
#include <edo/edo.hpp>

edo::async<int> caller() {
  auto add = [](int a, int b) -> edo::async<int> { co_return a + b; };
#ifdef EDO_GOOD
  auto block = edo::async_block(add, 1, 2);
#else
  auto block = edo::async_block(add, 1);
#endif
  co_return co_await block;
}
