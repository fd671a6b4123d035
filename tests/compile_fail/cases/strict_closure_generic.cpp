// A closure whose call is a template.
// MODE: strict
// EXPECT: EDO-E0001: this lambda coroutine captures
#include <edo/edo.hpp>

edo::async<int> caller(int count) {
  auto adds = [count](auto more) -> edo::async<int> { co_return count + more; };
#ifdef EDO_GOOD
  auto block = edo::async_block(adds, 1);
#else
  auto block = adds(1);
#endif
  co_return co_await block;
}
