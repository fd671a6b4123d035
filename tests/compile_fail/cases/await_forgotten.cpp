// The coroutine's value is wanted, not the coroutine.
// MODE: plain
// EXPECT: async<int>
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
#ifdef EDO_GOOD
  const int value = co_await answer();
#else
  const int value = answer();
#endif
  co_return value;
}
