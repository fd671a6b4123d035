// A combinator that nobody awaits does nothing.
// MODE: plain
// EXPECT: ignoring return
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::join(answer(), answer());
#else
  edo::join(answer(), answer());
  co_return;
#endif
}
