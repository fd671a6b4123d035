// A task that would await its caller's futures by reference.
// MODE: strict
// EXPECT: EDO-E0018
#include <edo/edo.hpp>
#include <utility>

edo::async<int> answer() { co_return 42; }

void caller() {
  auto first = answer();
#ifdef EDO_GOOD
  edo::spawn(edo::join(std::move(first), answer()));
#else
  edo::spawn(edo::join(first, answer()));
#endif
}
