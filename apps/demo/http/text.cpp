#include "http/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace demo {

namespace {
constexpr std::string_view scheme = "http://";

std::optional<unsigned> hex_digit(char c) noexcept {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
  return std::nullopt;
}
}  // namespace

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::optional<std::uint64_t> to_number(std::string_view text, std::uint64_t max) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      decoded.push_back(' ');
    } else if (text[i] != '%') {
      decoded.push_back(text[i]);
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const std::optional<unsigned> high = hex_digit(text[i + 1]);
      const std::optional<unsigned> low = hex_digit(text[i + 2]);
      if (!high || !low || *high + *low == 0) return std::nullopt;
      decoded.push_back(static_cast<char>(*high * 16 + *low));
      i += 2;
    }
  }
  return decoded;
}

std::optional<std::string_view> authority_of(std::string_view target) noexcept {
  if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return std::nullopt;
  target.remove_prefix(scheme.size());
  return target.substr(0, target.find_first_of("/?#"));
}

std::string json_string(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
      quoted.push_back(c);
    } else if (byte < 0x20) {
      quoted.append("\\u00").append(1, hex[byte >> 4]).append(1, hex[byte & 15]);
    } else {
      quoted.push_back(c);
    }
  }
  return quoted.append("\"");
}

std::string one_decimal(double value) {
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 1);
  return error == std::errc() ? std::string(text.data(), end) : std::string("0.0");
}

}  // namespace demo
