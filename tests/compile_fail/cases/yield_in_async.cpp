// An async gives one value.
// MODE: plain
// EXPECT: yield_value
#include <edo/edo.hpp>

edo::async<int> answer() {
#ifdef EDO_GOOD
  co_return 42;
#else
  co_yield 42;
  co_return 43;
#endif
}
