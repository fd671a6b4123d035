// try_ takes the future, not its result.
// MODE: plain
// EXPECT: EDO-E0018|try_
#include <edo/edo.hpp>

edo::async<edo::result<int>> read() { co_return 42; }

edo::async<edo::result<int>> caller() {
#ifdef EDO_GOOD
  const int value = co_await edo::try_(read());
#else
  const int value = edo::try_(co_await read());
#endif
  co_return value;
}
