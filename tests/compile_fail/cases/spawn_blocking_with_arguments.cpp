// A job takes no arguments: it captures them.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn_blocking takes a callable without arguments
#include <edo/edo.hpp>

void caller(int a) {
#ifdef EDO_GOOD
  edo::spawn_blocking([a] { return a + 1; });
#else
  edo::spawn_blocking([](int n) { return n + 1; });
  (void)a;
#endif
}
