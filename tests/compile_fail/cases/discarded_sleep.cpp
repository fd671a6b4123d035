// A sleep that nobody awaits does not sleep.
// MODE: plain
// EXPECT: ignoring return
#include <chrono>
#include <edo/edo.hpp>

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::sleep(std::chrono::seconds(1));
#else
  edo::sleep(std::chrono::seconds(1));
  co_return;
#endif
}
