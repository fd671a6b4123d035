// try_ ends the coroutine with an error, so the coroutine must be able to give one.
// MODE: plain
// EXPECT: EDO-E0018: try_ ends the coroutine with an error
#include <edo/edo.hpp>

edo::async<edo::result<int>> read() { co_return 42; }

#ifdef EDO_GOOD
edo::async<edo::result<int>> caller() {
#else
edo::async<int> caller() {
#endif
  const int value = co_await edo::try_(read());
  co_return value;
}
