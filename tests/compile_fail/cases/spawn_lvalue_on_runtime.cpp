// The same by the runtime's own spawn.
// MODE: plain
// EXPECT: EDO-E0018: edo::spawn owns its future: pass a temporary or std::move\(future\)
#include <edo/edo.hpp>
#include <utility>

edo::async<int> answer() { co_return 42; }

void caller(const edo::runtime& rt) {
  auto future = answer();
#ifdef EDO_GOOD
  rt.spawn(std::move(future));
#else
  rt.spawn(future);
#endif
}
