// A future has one owner.
// MODE: plain
// EXPECT: deleted
#include <chrono>
#include <edo/edo.hpp>
#include <utility>

edo::async<void> caller() {
  auto first = edo::sleep(std::chrono::seconds(1));
#ifdef EDO_GOOD
  auto second = std::move(first);
#else
  auto second = first;
#endif
  co_await second;
}
