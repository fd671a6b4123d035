// The task of a lambda coroutine outlives the lambda, and with it the captures.
// MODE: strict
// EXPECT: EDO-E0001: this lambda coroutine captures
#include <edo/edo.hpp>

edo::async<void> caller(int count) {
  auto counts = [count]() -> edo::async<int> { co_return count; };
#ifdef EDO_GOOD
  auto task = edo::spawn(counts);
#else
  auto task = edo::spawn(counts());
#endif
  static_cast<void>(co_await task);
}
