// co_return of something that is not the coroutine's output.
// MODE: plain
// EXPECT: return_value
#include <edo/edo.hpp>

edo::async<int> answer() {
#ifdef EDO_GOOD
  co_return 42;
#else
  co_return "42";
#endif
}
