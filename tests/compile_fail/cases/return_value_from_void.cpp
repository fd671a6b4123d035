// co_return of a value in a coroutine that gives none.
// MODE: plain
// EXPECT: return_value
#include <edo/edo.hpp>

#ifdef EDO_GOOD
edo::async<int> answer() {
#else
edo::async<void> answer() {
#endif
  co_return 42;
}
