// A future is no callable.
// MODE: plain
// EXPECT: EDO-E0018|block_in_place
#include <edo/edo.hpp>

edo::async<void> work() { co_return; }

void caller() {
#ifdef EDO_GOOD
  edo::block_in_place([] { edo::block_on(work()); });
#else
  edo::block_in_place(work());
#endif
}
