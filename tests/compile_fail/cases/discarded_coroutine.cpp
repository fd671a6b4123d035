// A coroutine that nobody awaits runs nothing.
// MODE: plain
// EXPECT: (ignoring return|ignoring returned) value
#include <edo/edo.hpp>

edo::async<void> work() { co_return; }

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await work();
#else
  work();
  co_return;
#endif
}
