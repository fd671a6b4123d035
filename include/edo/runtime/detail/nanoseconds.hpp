/// Durations of options, in nanoseconds; nothing here is meant for users.
#pragma once

#include "edo/base/config.hpp"

#include <chrono>
#include <cstdint>

namespace edo::inline v0::detail {

/// `time` in nanoseconds, held at the ends of the range instead of overflowing; NaN is 0.
template <class Rep, class Period>
[[nodiscard]] constexpr std::int64_t option_ns(std::chrono::duration<Rep, Period> time) noexcept {
  using wide = std::chrono::duration<long double, std::nano>;
  const long double ns = std::chrono::duration_cast<wide>(time).count();
  if (ns >= 9223372036854775807.0L) return INT64_MAX;
  if (ns <= -9223372036854775807.0L) return -INT64_MAX;
  return ns == ns ? static_cast<std::int64_t>(ns) : 0;
}

}  // namespace edo::inline v0::detail
