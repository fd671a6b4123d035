// A pointer to a future is none.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future
#include <edo/edo.hpp>
#include <memory>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
  auto held = std::make_unique<edo::async<int>>(answer());
#ifdef EDO_GOOD
  co_return co_await *held;
#else
  co_return co_await held;
#endif
}
