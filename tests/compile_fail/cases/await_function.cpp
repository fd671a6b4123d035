// The call's brackets are missing.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
#ifdef EDO_GOOD
  co_return co_await answer();
#else
  co_return co_await answer;
#endif
}
