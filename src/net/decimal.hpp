/// Numbers in addresses: decimal, without sign, blanks or leading zeros.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace edo::inline v0::detail {

/// All of `text` as a number of at most `value_max`.
[[nodiscard]] inline std::optional<std::uint32_t> parse_decimal(std::string_view text,
                                                                std::uint32_t value_max) noexcept {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, 10);
  if (error != std::errc{} || stopped != end || value > value_max) return std::nullopt;
  return value;
}

}  // namespace edo::inline v0::detail
