/// Where a socket is: an IP address and a port.
#pragma once

#include "edo/base/result.hpp"
#include "edo/net/ip_addr.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edo::inline v0 {

/// An IP address, a port and, for link-local IPv6 addresses, the scope: the index of the interface.
///
/// Threads: a plain value. Compares by address, port, scope.
/// Allocation: `to_string()` only. Source: Rust's `std::net::SocketAddr`.
class EDO_API socket_addr {
 public:
  /// `0.0.0.0:0`.
  constexpr socket_addr() noexcept = default;

  constexpr socket_addr(const ip_addr& ip, std::uint16_t port) noexcept : ip_(ip), port_(port) {}

  /// Requires an IPv6 address if `scope_id` is not 0.
  socket_addr(const ip_addr& ip, std::uint16_t port, std::uint32_t scope_id) noexcept;

  /// `127.0.0.1:port`: this machine only. Port 0 lets the system choose one.
  [[nodiscard]] static constexpr socket_addr loopback(std::uint16_t port) noexcept {
    return {ip_addr::loopback_v4(), port};
  }
  /// `0.0.0.0:port`: every interface.
  [[nodiscard]] static constexpr socket_addr any(std::uint16_t port) noexcept {
    return {ip_addr::any_v4(), port};
  }

  /// Reads `127.0.0.1:80`, `[::1]:80` or `[fe80::1%2]:80`: nothing before or after, the port and
  /// the scope decimal, without sign or leading zeros. Names are for `lookup_host`.
  /// Errors: `errc::invalid_address`.
  [[nodiscard]] static result<socket_addr> parse(std::string_view text) noexcept;

  [[nodiscard]] constexpr const ip_addr& ip() const noexcept { return ip_; }
  [[nodiscard]] constexpr std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] constexpr std::uint32_t scope_id() const noexcept { return scope_id_; }

  /// What `parse` reads: `127.0.0.1:80`, `[::1]:80`, `[fe80::1%2]:80`.
  [[nodiscard]] std::string to_string() const;

  friend constexpr bool operator==(const socket_addr&, const socket_addr&) noexcept = default;
  friend constexpr auto operator<=>(const socket_addr&, const socket_addr&) noexcept = default;

 private:
  ip_addr ip_;
  std::uint16_t port_ = 0;
  std::uint32_t scope_id_ = 0;
};

}  // namespace edo::inline v0

template <>
struct std::hash<edo::socket_addr> {
  EDO_API std::size_t operator()(const edo::socket_addr& addr) const noexcept;
};
