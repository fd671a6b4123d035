// sleep_until takes a point in time.
// MODE: plain
// EXPECT: sleep_until
#include <chrono>
#include <edo/edo.hpp>

edo::async<void> caller() {
#ifdef EDO_GOOD
  co_await edo::sleep(std::chrono::seconds(5));
#else
  co_await edo::sleep_until(std::chrono::seconds(5));
#endif
}
