/// Socket addresses as the system has them.
#pragma once

#include "edo/base/result.hpp"
#include "edo/net/socket_addr.hpp"

#include <sys/socket.h>

namespace edo::inline v0::detail {

/// A `sockaddr` of any kind, to give to system calls and to take from them.
struct native_addr {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] int family() const noexcept { return storage.ss_family; }
};

[[nodiscard]] native_addr to_native(const socket_addr& addr) noexcept;

/// Errors: `address_family_not_supported` for anything but IPv4 and IPv6.
[[nodiscard]] result<socket_addr> from_native(const native_addr& addr) noexcept;

}  // namespace edo::inline v0::detail
