#include "edo/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace edo::inline v0::detail {

void assertion_failed(const char* expression,
                      const char* file,
                      int line,
                      const char* function) noexcept {
  std::fprintf(stderr, "edo: assertion failed: %s at %s:%d (%s)\n", expression, file, line,
               function);
  std::fflush(stderr);
  std::abort();
}

}  // namespace edo::inline v0::detail
