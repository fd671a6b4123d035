// The same without a task: the closure is a temporary, the future is not.
// MODE: strict
// EXPECT: EDO-E0001: this lambda coroutine captures
#include <edo/edo.hpp>

edo::async<int> caller(int count) {
#ifdef EDO_GOOD
  auto counts = edo::async_block([count]() -> edo::async<int> { co_return count; });
#else
  auto counts = [count]() -> edo::async<int> { co_return count; }();
#endif
  co_return co_await counts;
}
