// The same with a plain future.
// MODE: plain
// EXPECT: EDO-E0018
#include <chrono>
#include <edo/edo.hpp>

edo::async<void> caller() {
#ifdef EDO_GOOD
  auto nap = edo::sleep(std::chrono::seconds(1));
#else
  const auto nap = edo::sleep(std::chrono::seconds(1));
#endif
  co_await nap;
}
