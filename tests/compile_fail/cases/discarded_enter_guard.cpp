// The guard of enter is kept: without it the runtime is left at once.
// MODE: plain
// EXPECT: ignoring return
#include <edo/edo.hpp>

void caller(const edo::runtime& rt) {
#ifdef EDO_GOOD
  const auto guard = rt.enter();
  edo::spawn(edo::ready(42));
#else
  rt.enter();
  edo::spawn(edo::ready(42));
#endif
}
