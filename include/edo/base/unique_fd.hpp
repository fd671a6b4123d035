/// An owned file descriptor.
#pragma once

#include "edo/base/config.hpp"

#include <utility>

namespace edo::inline v0 {

/// Owns a descriptor and closes it. Move-only.
/// Threads: a plain value. Errors: a failing close is ignored (the descriptor is gone on Linux).
class EDO_API unique_fd {
 public:
  constexpr unique_fd() noexcept = default;
  explicit constexpr unique_fd(int fd) noexcept : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  unique_fd(const unique_fd&) = delete;
  unique_fd& operator=(const unique_fd&) = delete;
  ~unique_fd() { reset(); }

  /// The descriptor, or -1.
  [[nodiscard]] constexpr int get() const noexcept { return fd_; }
  [[nodiscard]] explicit constexpr operator bool() const noexcept { return fd_ >= 0; }

  /// Gives the descriptor to the caller.
  [[nodiscard]] constexpr int release() noexcept { return std::exchange(fd_, -1); }

  /// Closes what is held and takes `fd`.
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

}  // namespace edo::inline v0
