// co_await of a type that is no future.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
#ifdef EDO_GOOD
  const int value = co_await answer();
#else
  const int value = co_await 42;
#endif
  co_return value;
}
