// join takes futures, not functions that make them.
// MODE: plain
// EXPECT: EDO-E0018|join
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::join(answer(), answer());
#else
  co_await edo::join(answer, answer);
#endif
}
