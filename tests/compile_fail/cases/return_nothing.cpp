// co_return of nothing in a coroutine that gives a value.
// MODE: plain
// EXPECT: return_void
#include <edo/edo.hpp>

#ifdef EDO_GOOD
edo::async<void> answer() {
#else
edo::async<int> answer() {
#endif
  co_return;
}
