// A task owns its future.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn owns its future: pass a temporary or std::move\(future\)
#include <edo/edo.hpp>
#include <utility>

edo::async<int> answer() { co_return 42; }

void caller() {
  auto future = answer();
#ifdef EDO_GOOD
  edo::spawn(std::move(future));
#else
  edo::spawn(future);
#endif
}
