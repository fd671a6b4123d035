#include "edo/net/ip_addr.hpp"

#include "edo/base/error.hpp"

#include "net/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace edo::inline v0 {

namespace {

constexpr std::size_t group_count = 8;
using groups = std::array<std::uint16_t, group_count>;

std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) noexcept {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool is_last = i + 1 == bytes.size();
    const std::size_t end = is_last ? text.size() : text.find('.');
    if (end == std::string_view::npos) return std::nullopt;
    const auto number = detail::parse_decimal(text.substr(0, end), 255);
    if (!number) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*number);
    text.remove_prefix(is_last ? end : end + 1);
  }
  return bytes;
}

std::optional<std::uint16_t> parse_group(std::string_view text) noexcept {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint16_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

/// The groups as they are read, and where `::` stood.
struct v6_reader {
  groups read{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;

  [[nodiscard]] bool add(std::uint16_t group) noexcept {
    if (count == group_count) return false;
    read[count++] = group;
    return true;
  }

  /// Adds what stands between two colons; only at the end this may be an IPv4 address.
  [[nodiscard]] bool add_part(std::string_view part, bool is_last) noexcept {
    if (!is_last || part.find('.') == std::string_view::npos) {
      const auto group = parse_group(part);
      return group && add(*group);
    }
    const auto v4 = parse_v4(part);
    return v4 && add(static_cast<std::uint16_t>((*v4)[0] << 8 | (*v4)[1])) &&
           add(static_cast<std::uint16_t>((*v4)[2] << 8 | (*v4)[3]));
  }

  /// Puts the zeros of `::` where it stood; it stands for one group at least.
  [[nodiscard]] bool expand() noexcept {
    if (!gap) return count == group_count;
    if (count == group_count) return false;
    const auto begin = read.begin() + static_cast<std::ptrdiff_t>(*gap);
    std::rotate(begin, read.begin() + static_cast<std::ptrdiff_t>(count), read.end());
    return true;
  }
};

std::optional<groups> parse_v6(std::string_view text) noexcept {
  v6_reader reader;
  if (text.starts_with("::")) {
    reader.gap = 0;
    text.remove_prefix(2);
    if (text.empty()) return reader.read;
  }
  while (true) {
    const std::size_t end = text.find(':');
    const bool is_last = end == std::string_view::npos;
    if (!reader.add_part(text.substr(0, end), is_last)) return std::nullopt;
    if (is_last) break;
    text.remove_prefix(end + 1);
    if (!text.starts_with(':')) continue;  // a colon at the very end fails as an empty part
    if (reader.gap) return std::nullopt;
    reader.gap = reader.count;
    text.remove_prefix(1);
    if (text.empty()) break;
  }
  if (!reader.expand()) return std::nullopt;
  return reader.read;
}

struct zero_run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

/// The first one of the longest, two groups at least (RFC 5952, 4.2).
zero_run longest_zeros(const groups& all) noexcept {
  zero_run best;
  for (std::size_t i = 0; i < group_count; ++i) {
    zero_run run{i, 0};
    while (i < group_count && all[i] == 0) ++i, ++run.length;
    if (run.length > best.length) best = run;
  }
  return best.length >= 2 ? best : zero_run{};
}

void append_v4(std::string& out, std::span<const std::uint8_t, 4> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) out.push_back('.');
    out += std::to_string(static_cast<unsigned>(bytes[i]));
  }
}

void append_groups(std::string& out, const groups& all) {
  const zero_run zeros = longest_zeros(all);
  for (std::size_t i = 0; i < group_count;) {
    if (zeros.length != 0 && i == zeros.begin) {
      out += "::";
      i += zeros.length;
      continue;
    }
    if (!out.empty() && out.back() != ':') out.push_back(':');
    char digits[4];
    const auto end = std::to_chars(digits, digits + sizeof digits, all[i], 16).ptr;
    out.append(digits, end);
    ++i;
  }
}

}  // namespace

result<ip_addr> ip_addr::parse(std::string_view text) noexcept {
  if (text.find(':') == std::string_view::npos) {
    if (const auto v4_bytes = parse_v4(text)) {
      return v4((*v4_bytes)[0], (*v4_bytes)[1], (*v4_bytes)[2], (*v4_bytes)[3]);
    }
  } else if (const auto parsed = parse_v6(text)) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < group_count; ++i) {
      bytes[2 * i] = static_cast<std::uint8_t>((*parsed)[i] >> 8);
      bytes[2 * i + 1] = static_cast<std::uint8_t>((*parsed)[i] & 0xff);
    }
    return v6(bytes);
  }
  return std::unexpected(make_error_code(errc::invalid_address));
}

bool ip_addr::is_v4_mapped() const noexcept {
  return is_v6_ && bytes_[10] == 0xff && bytes_[11] == 0xff &&
         std::all_of(bytes_.begin(), bytes_.begin() + 10, [](auto byte) { return byte == 0; });
}

ip_addr ip_addr::unmapped() const noexcept {
  return is_v4_mapped() ? v4(bytes_[12], bytes_[13], bytes_[14], bytes_[15]) : *this;
}

std::string ip_addr::to_string() const {
  std::string out;
  if (is_v4()) {
    append_v4(out, std::span<const std::uint8_t>(bytes_).first<4>());
  } else if (is_v4_mapped()) {
    out = "::ffff:";
    append_v4(out, std::span<const std::uint8_t>(bytes_).last<4>());
  } else {
    groups all{};
    for (std::size_t i = 0; i < group_count; ++i) {
      all[i] = static_cast<std::uint16_t>(bytes_[2 * i] << 8 | bytes_[2 * i + 1]);
    }
    append_groups(out, all);
  }
  return out;
}

}  // namespace edo::inline v0

std::size_t std::hash<edo::ip_addr>::operator()(const edo::ip_addr& addr) const noexcept {
  const std::span<const std::uint8_t> bytes = addr.bytes();
  return std::hash<std::string_view>{}(
      std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}
