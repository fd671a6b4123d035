// A task would hold a reference to the caller's future.
// MODE: plain
// EXPECT: EDO-E0004
#include <edo/edo.hpp>

edo::async<int> work() { co_return 1; }

void caller() {
  auto future = work();
#ifdef EDO_GOOD
  auto handle = edo::spawn(edo::timeout(std::chrono::seconds(1), std::move(future)));
#else
  auto handle = edo::spawn(edo::timeout(std::chrono::seconds(1), future));
#endif
}
