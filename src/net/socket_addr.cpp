#include "edo/net/socket_addr.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/error.hpp"

#include "net/decimal.hpp"

namespace edo::inline v0 {

namespace {

std::unexpected<std::error_code> invalid() noexcept {
  return std::unexpected(make_error_code(errc::invalid_address));
}

/// `text` is what stands between the brackets.
result<socket_addr> parse_bracketed(std::string_view text, std::uint16_t port) noexcept {
  const std::size_t percent = text.find('%');
  const result<ip_addr> ip = ip_addr::parse(text.substr(0, percent));
  if (!ip || !ip->is_v6()) return invalid();
  if (percent == std::string_view::npos) return socket_addr(*ip, port);
  const auto scope = detail::parse_decimal(text.substr(percent + 1), UINT32_MAX);
  if (!scope) return invalid();
  return socket_addr(*ip, port, *scope);
}

}  // namespace

socket_addr::socket_addr(const ip_addr& ip, std::uint16_t port, std::uint32_t scope_id) noexcept
    : ip_(ip), port_(port), scope_id_(scope_id) {
  EDO_ASSERT(scope_id == 0 || ip.is_v6());
}

result<socket_addr> socket_addr::parse(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid();
  const auto port = detail::parse_decimal(text.substr(colon + 1), UINT16_MAX);
  if (!port) return invalid();
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host.remove_prefix(1);
    host.remove_suffix(1);
    return parse_bracketed(host, static_cast<std::uint16_t>(*port));
  }
  const result<ip_addr> ip = ip_addr::parse(host);
  if (!ip || !ip->is_v4()) return invalid();  // an IPv6 address without brackets is ambiguous
  return socket_addr(*ip, static_cast<std::uint16_t>(*port));
}

std::string socket_addr::to_string() const {
  std::string out = ip_.to_string();
  if (ip_.is_v6()) {
    if (scope_id_ != 0) out += "%" + std::to_string(scope_id_);
    out = "[" + out + "]";
  }
  return out + ":" + std::to_string(static_cast<unsigned>(port_));
}

}  // namespace edo::inline v0

std::size_t std::hash<edo::socket_addr>::operator()(const edo::socket_addr& addr) const noexcept {
  const std::size_t host = std::hash<edo::ip_addr>{}(addr.ip());
  const std::size_t rest = std::size_t{addr.port()} << 32 | addr.scope_id();
  // The odd number is 2^64 divided by the golden ratio: ports that differ by one land far apart.
  return host ^ (rest * 0x9e37'79b9'7f4a'7c15U);
}
