// try_join awaits futures that can fail.
// MODE: plain
// EXPECT: EDO-E0018|try_join
#include <edo/edo.hpp>

edo::async<edo::result<int>> read() { co_return 42; }
#ifdef EDO_GOOD
edo::async<edo::result<int>> answer() { co_return 42; }
#else
edo::async<int> answer() { co_return 42; }
#endif

edo::async<bool> caller() {
  auto both = co_await edo::try_join(read(), answer());
  co_return both.has_value();
}
