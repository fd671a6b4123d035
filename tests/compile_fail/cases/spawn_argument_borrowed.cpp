// The arguments are kept beside the task and moved into the call: T& cannot take them.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn takes .* when it is called with the arguments given
#include <edo/edo.hpp>

#ifdef EDO_GOOD
edo::async<int> next(int n) { co_return ++n; }
#else
edo::async<int> next(int& n) { co_return ++n; }
#endif

void caller() {
  int n = 1;
  edo::spawn(next, n);
}
