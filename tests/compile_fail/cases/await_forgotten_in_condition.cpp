// A future as a condition.
// MODE: plain
// EXPECT: async<bool>
#include <edo/edo.hpp>

edo::async<bool> is_ready() { co_return true; }

edo::async<int> caller() {
#ifdef EDO_GOOD
  const bool ready = co_await is_ready();
  if (ready) co_return 1;
#else
  if (is_ready()) co_return 1;
#endif
  co_return 0;
}
