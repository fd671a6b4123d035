// co_await of a function that gives nothing.
// MODE: plain
// EXPECT: void
#include <edo/edo.hpp>

void work() {}

edo::async<void> caller() {
#ifdef EDO_GOOD
  work();
  co_return;
#else
  co_await work();  // HERE
#endif
}
