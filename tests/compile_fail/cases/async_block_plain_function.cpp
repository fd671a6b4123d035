// async_block calls what gives a future.
// MODE: plain
// EXPECT: EDO-E0018|async_block
#include <edo/edo.hpp>

edo::async<int> caller() {
#ifdef EDO_GOOD
  auto block = edo::async_block([]() -> edo::async<int> { co_return 42; });
#else
  auto block = edo::async_block([] { return 42; });
#endif
  co_return co_await block;
}
