// A time has a unit.
// MODE: plain
// EXPECT: sleep
#include <edo/edo.hpp>
#include <chrono>

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::sleep(std::chrono::seconds(5));
#else
  co_await edo::sleep(5);
#endif
}
