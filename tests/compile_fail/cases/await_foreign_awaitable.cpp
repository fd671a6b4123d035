// An awaitable of the standard library is no future: it would suspend, and nothing would wake it.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future
#include <coroutine>
#include <edo/edo.hpp>

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::yield_now();
#else
  co_await std::suspend_always();
#endif
}
