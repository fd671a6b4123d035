// Awaiting changes a future, so it cannot be const.
// MODE: plain
// EXPECT: EDO-E0018
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
#ifdef EDO_GOOD
  auto value = answer();
#else
  const auto value = answer();
#endif
  co_return co_await value;
}
