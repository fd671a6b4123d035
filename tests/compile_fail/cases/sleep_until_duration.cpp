// sleep_until takes a point in time.
// MODE: plain
// EXPECT: sleep_until
#include <edo/edo.hpp>
#include <chrono>

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::sleep(std::chrono::seconds(5));
#else
  co_await edo::sleep_until(std::chrono::seconds(5));
#endif
}
