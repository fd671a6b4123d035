#include "net/native_addr.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <netinet/in.h>

namespace edo::inline v0::detail {

native_addr to_native(const socket_addr& addr) noexcept {
  native_addr made;
  const std::span<const std::uint8_t> bytes = addr.ip().bytes();
  if (addr.ip().is_v4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(addr.port());
    std::memcpy(&in.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&made.storage, &in, sizeof in);
    made.length = sizeof in;
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(addr.port());
    in.sin6_scope_id = addr.scope_id();
    std::memcpy(&in.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&made.storage, &in, sizeof in);
    made.length = sizeof in;
  }
  return made;
}

result<socket_addr> from_native(const native_addr& addr) noexcept {
  if (addr.family() == AF_INET && addr.length >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, &addr.storage, sizeof in);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return socket_addr(ip_addr::v4(bytes[0], bytes[1], bytes[2], bytes[3]), ntohs(in.sin_port));
  }
  if (addr.family() == AF_INET6 && addr.length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, &addr.storage, sizeof in);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return socket_addr(ip_addr::v6(bytes), ntohs(in.sin6_port), in.sin6_scope_id);
  }
  return std::unexpected(std::make_error_code(std::errc::address_family_not_supported));
}

}  // namespace edo::inline v0::detail
