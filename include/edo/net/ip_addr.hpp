/// An address of the Internet protocol, version 4 or 6.
#pragma once

#include "edo/base/result.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace edo::inline v0 {

/// An IPv4 or IPv6 address. `0.0.0.0` if nothing else is said.
///
/// Threads: a plain value. Compares by version, then by bytes; a mapped address (`::ffff:1.2.3.4`)
/// is not equal to the IPv4 address that it stands for (`unmapped()` makes it so).
/// Allocation: `to_string()` only. Source: Rust's `std::net::IpAddr`.
class EDO_API ip_addr {
 public:
  constexpr ip_addr() noexcept = default;

  [[nodiscard]] static constexpr ip_addr v4(std::uint8_t a,
                                            std::uint8_t b,
                                            std::uint8_t c,
                                            std::uint8_t d) noexcept {
    ip_addr made;
    made.bytes_ = {a, b, c, d};
    return made;
  }
  [[nodiscard]] static constexpr ip_addr v6(const std::array<std::uint8_t, 16>& bytes) noexcept {
    ip_addr made;
    made.is_v6_ = true;
    made.bytes_ = bytes;
    return made;
  }

  [[nodiscard]] static constexpr ip_addr any_v4() noexcept { return {}; }
  [[nodiscard]] static constexpr ip_addr any_v6() noexcept { return v6({}); }
  [[nodiscard]] static constexpr ip_addr loopback_v4() noexcept { return v4(127, 0, 0, 1); }
  [[nodiscard]] static constexpr ip_addr loopback_v6() noexcept {
    return v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }

  /// Reads `127.0.0.1` or `2001:db8::1` (`::ffff:1.2.3.4` too), as strictly as `inet_pton`: nothing
  /// before or after, four decimal numbers without leading zeros.
  /// Errors: `errc::invalid_address`.
  [[nodiscard]] static result<ip_addr> parse(std::string_view text) noexcept;

  [[nodiscard]] constexpr bool is_v4() const noexcept { return !is_v6_; }
  [[nodiscard]] constexpr bool is_v6() const noexcept { return is_v6_; }

  /// `0.0.0.0` or `::`.
  [[nodiscard]] constexpr bool is_any() const noexcept {
    return bytes_ == std::array<std::uint8_t, 16>{};
  }
  /// `127.0.0.0/8` or `::1`.
  [[nodiscard]] constexpr bool is_loopback() const noexcept {
    return is_v4() ? bytes_[0] == 127 : *this == loopback_v6();
  }
  /// `224.0.0.0/4` or `ff00::/8`.
  [[nodiscard]] constexpr bool is_multicast() const noexcept {
    return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
  }
  /// `::ffff:0:0/96`: an IPv4 address as an IPv6 socket sees it.
  [[nodiscard]] bool is_v4_mapped() const noexcept;

  /// The IPv4 address that a mapped one stands for; any other is given as it is.
  [[nodiscard]] ip_addr unmapped() const noexcept;

  /// 4 or 16 bytes in the order of the network. Good as long as the address.
  [[nodiscard]] constexpr std::span<const std::uint8_t> bytes() const noexcept {
    return std::span<const std::uint8_t>(bytes_).first(is_v6_ ? 16 : 4);
  }

  /// As RFC 5952 wants it: `2001:db8::1`, lower case, the longest run of zeros shortened; a mapped
  /// address as `::ffff:1.2.3.4`.
  [[nodiscard]] std::string to_string() const;

  friend constexpr bool operator==(const ip_addr&, const ip_addr&) noexcept = default;
  friend constexpr auto operator<=>(const ip_addr&, const ip_addr&) noexcept = default;

 private:
  bool is_v6_ = false;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4: the first four, the others are 0
};

}  // namespace edo::inline v0

template <>
struct std::hash<edo::ip_addr> {
  EDO_API std::size_t operator()(const edo::ip_addr& addr) const noexcept;
};
