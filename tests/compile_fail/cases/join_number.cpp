// join of something that is no future.
// MODE: plain
// EXPECT: EDO-E0018|join
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<void> caller() {
#ifdef EDO_GOOD
  auto both = co_await edo::join(answer(), answer());
#else
  auto both = co_await edo::join(answer(), 42);
#endif
  (void)both;
}
