// The same with the coroutine itself.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn_blocking
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

void caller() {
#ifdef EDO_GOOD
  edo::spawn(answer());
#else
  edo::spawn_blocking(answer());
#endif
}
