// try_ over a future that cannot fail.
// MODE: plain
// EXPECT: EDO-E0018: try_ takes a future of std::expected
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<edo::result<int>> caller() {
#ifdef EDO_GOOD
  const int value = co_await answer();
#else
  const int value = co_await edo::try_(answer());
#endif
  co_return value;
}
