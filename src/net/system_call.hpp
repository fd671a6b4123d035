/// Calls of the system: their errors, and EINTR.
#pragma once

#include <cerrno>
#include <system_error>

namespace edo::inline v0::detail {

/// The error of the call that has just failed.
[[nodiscard]] inline std::error_code last_error() noexcept {
  return {errno, std::system_category()};
}

/// `call()` again as long as a signal interrupts it.
template <class Call>
[[nodiscard]] auto retried(Call call) noexcept {
  auto returned = call();
  while (returned == -1 && errno == EINTR) returned = call();
  return returned;
}

/// Whether `error` says that a non-blocking call found nothing to do.
[[nodiscard]] constexpr bool would_block(int error) noexcept {
  return error == EAGAIN;  // EWOULDBLOCK is the same number on Linux
}

}  // namespace edo::inline v0::detail
