// A function that is no coroutine is not spawned.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn takes an edo::async<T>, another future, or a callable
#include <edo/edo.hpp>

void caller() {
#ifdef EDO_GOOD
  edo::spawn_blocking([] { return 42; });
#else
  edo::spawn([] { return 42; });
#endif
}
