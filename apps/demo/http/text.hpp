/// The small questions about text that HTTP asks; ASCII only, no locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace demo {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool is_alnum(char c) noexcept {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

/// True for one or more decimal digits and nothing else.
[[nodiscard]] bool is_digits(std::string_view text) noexcept;

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// A decimal number of at most `max`; nothing for anything else (a sign, a blank, too large).
[[nodiscard]] std::optional<std::uint64_t> to_number(std::string_view text,
                                                     std::uint64_t max) noexcept;

/// Decodes `%41`, and `+` as a blank where `plus_is_blank`. Nothing if an escape is cut or wrong,
/// or stands for NUL.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank);

/// The host of an absolute target (`http://host:80/path`), nothing for any other.
[[nodiscard]] std::optional<std::string_view> authority_of(std::string_view target) noexcept;

/// `text` as a JSON string, quotes included.
[[nodiscard]] std::string json_string(std::string_view text);

/// `value` with one digit after the point, as JSON and people read it.
[[nodiscard]] std::string one_decimal(double value);

}  // namespace demo
