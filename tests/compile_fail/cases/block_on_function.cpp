// block_on of the function instead of what it gives, and its value is used.
// MODE: plain
// EXPECT: EDO-E0018: block_on of a type that is not a future
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

int caller() {
#ifdef EDO_GOOD
  return edo::block_on(answer());
#else
  return edo::block_on(answer);
#endif
}
