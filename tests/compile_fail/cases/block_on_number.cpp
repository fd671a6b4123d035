// block_on of something that is no future.
// MODE: plain
// EXPECT: EDO-E0018: block_on of a type that is not a future
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

void caller() {
#ifdef EDO_GOOD
  edo::block_on(answer());
#else
  edo::block_on(42);
#endif
}
