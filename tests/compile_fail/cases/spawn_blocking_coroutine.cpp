// The blocking pool runs functions; nobody would poll the future.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn_blocking runs a plain function
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

void caller() {
#ifdef EDO_GOOD
  edo::spawn(answer);
#else
  edo::spawn_blocking(answer);
#endif
}
