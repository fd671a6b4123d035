// co_await in a function that returns no async.
// MODE: plain
// EXPECT: promise
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

#ifdef EDO_GOOD
edo::async<int> caller() {
#else
int caller() {
#endif
  const int value = co_await answer();
  co_return value;
}
