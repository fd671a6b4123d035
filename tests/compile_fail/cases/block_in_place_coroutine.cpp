// block_in_place calls a function; a future that it gives would not run.
// MODE: plain
// EXPECT: ignoring return
#include <edo/edo.hpp>

edo::async<void> work() { co_return; }

void caller() {
#ifdef EDO_GOOD
  edo::block_in_place([] { edo::block_on(work()); });
#else
  edo::block_in_place([] { return work(); });
#endif
}
