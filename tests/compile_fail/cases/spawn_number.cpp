// spawn of something that is no future.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn takes an edo::async<T>, another future, or a callable
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

void caller() {
#ifdef EDO_GOOD
  edo::spawn(answer());
#else
  edo::spawn(42);
#endif
}
