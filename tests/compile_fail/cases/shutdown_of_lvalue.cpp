// A runtime is given up by shutting it down.
// MODE: plain
// EXPECT: rvalue|discards|qualif
#include <chrono>
#include <edo/edo.hpp>
#include <utility>

bool caller(edo::runtime rt) {
#ifdef EDO_GOOD
  return std::move(rt).shutdown_timeout(std::chrono::seconds(1)).is_clean();
#else
  return rt.shutdown_timeout(std::chrono::seconds(1)).is_clean();
#endif
}
