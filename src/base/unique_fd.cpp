#include "edo/base/unique_fd.hpp"

#include <unistd.h>

namespace edo::inline v0 {

void unique_fd::reset(int fd) noexcept {
  const int old = std::exchange(fd_, fd);
  // On Linux the descriptor is free even when close() fails with EINTR: never retried.
  if (old >= 0) ::close(old);
}

}  // namespace edo::inline v0
