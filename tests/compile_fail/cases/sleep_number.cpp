// A time has a unit.
// MODE: plain
// EXPECT: sleep
#include <chrono>
#include <edo/edo.hpp>

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::sleep(std::chrono::seconds(5));
#else
  co_await edo::sleep(5);
#endif
}
