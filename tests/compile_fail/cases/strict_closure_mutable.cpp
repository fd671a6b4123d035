// A closure that changes its captures.
// MODE: strict
// EXPECT: EDO-E0001: this lambda coroutine captures
#include <edo/edo.hpp>

edo::async<int> caller(int count) {
  auto counts = [count]() mutable -> edo::async<int> { co_return ++count; };
#ifdef EDO_GOOD
  auto block = edo::async_block(counts);
#else
  auto block = counts();
#endif
  co_return co_await block;
}
