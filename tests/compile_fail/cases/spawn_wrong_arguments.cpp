// The arguments of the callable are given to spawn.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn takes .* when it is called with the arguments given
#include <edo/edo.hpp>

edo::async<int> add(int a, int b) { co_return a + b; }

void caller() {
#ifdef EDO_GOOD
  edo::spawn(add, 1, 2);
#else
  edo::spawn(add, 1);
#endif
}
