// The same by a runtime.
// MODE: plain
// EXPECT: EDO-E0018|block_on
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

int caller(const edo::runtime& rt) {
#ifdef EDO_GOOD
  return rt.block_on(answer());
#else
  return rt.block_on(answer);
#endif
}
