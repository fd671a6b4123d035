// A runtime that nobody keeps shuts down at once.
// MODE: plain
// EXPECT: ignoring return
#include <edo/edo.hpp>

void caller() {
#ifdef EDO_GOOD
  auto rt = edo::runtime_builder::current_thread().build();
  (void)rt;
#else
  edo::runtime_builder::current_thread().build();
#endif
}
