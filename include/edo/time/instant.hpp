/// The clock of edo's timers, and points on it.
#pragma once

#include "edo/base/config.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>

namespace edo::inline v0 {

/// The monotonic clock that timers go by; meets the requirements of a standard clock.
///
/// Not affected by changes of the wall clock; it counts from an arbitrary point in nanoseconds.
/// Threads: any. Source: `tokio::time::Instant`.
struct EDO_API clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<clock, duration>;
  static constexpr bool is_steady = true;

  /// Now. Complexity: a read of the system's monotonic clock, without a system call.
  [[nodiscard]] static time_point now() noexcept;
};

/// A point on edo's clock. `instant::max()` is a deadline that never comes.
///
/// Its operators are those of `<chrono>`, which overflow; `saturating_add` and `saturating_sub`
/// do not, and neither does any function of edo that takes durations.
using instant = clock::time_point;

namespace detail {
// __extension__: ISO C++ has no integer of 128 bits.
__extension__ typedef __int128 int128;  // NOLINT(modernize-use-using): __extension__ wants it

constexpr std::int64_t saturated_ns(long double ns) noexcept {
  constexpr long double limit = 9223372036854775807.0L;
  if (ns >= limit) return std::numeric_limits<std::int64_t>::max();
  if (ns <= -limit) return std::numeric_limits<std::int64_t>::min();
  return ns == ns ? static_cast<std::int64_t>(ns) : 0;  // not a number: no time at all
}

/// Any duration in nanoseconds, held at the ends of the range instead of overflowing, and rounded
/// up: a timer is never early.
template <class Rep, class Period>
[[nodiscard]] constexpr std::int64_t to_ns(std::chrono::duration<Rep, Period> time) noexcept {
  // nanoseconds = count * num / den, in lowest terms
  using to_nano = std::ratio_divide<Period, std::nano>;
  if constexpr (std::floating_point<Rep>) {
    const long double ns = static_cast<long double>(time.count()) *
                           static_cast<long double>(to_nano::num) /
                           static_cast<long double>(to_nano::den);
    const std::int64_t floor_ns = saturated_ns(ns);
    return static_cast<long double>(floor_ns) < ns && floor_ns != INT64_MAX ? floor_ns + 1
                                                                            : floor_ns;
  } else {
    static_assert(std::integral<Rep>, "edo: durations count in integers or floating point");
    const int128 scaled = static_cast<int128>(time.count()) * to_nano::num;
    const int128 ns = scaled / to_nano::den + (scaled > 0 && scaled % to_nano::den != 0 ? 1 : 0);
    if (ns > INT64_MAX) return INT64_MAX;
    if (ns < INT64_MIN) return INT64_MIN;
    return static_cast<std::int64_t>(ns);
  }
}

[[nodiscard]] constexpr instant at_ns(std::int64_t since_epoch) noexcept {
  return instant(std::chrono::nanoseconds(since_epoch));
}

/// The point `time` after `from_ns`, held at the ends of the range; the largest duration gives the
/// point that never comes, whatever it is added to.
[[nodiscard]] constexpr std::int64_t after_ns(std::int64_t from_ns, std::int64_t time_ns) noexcept {
  std::int64_t sum = 0;
  if (time_ns == INT64_MAX) return INT64_MAX;
  if (__builtin_add_overflow(from_ns, time_ns, &sum)) return time_ns < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}
}  // namespace detail

/// `at + time`, held at `instant::min()` and `instant::max()` instead of overflowing; the largest
/// duration gives `instant::max()`. Durations finer than nanoseconds are rounded up.
/// Threads: a plain function. Source: `Instant::checked_add`, saturating.
template <class Rep, class Period>
[[nodiscard]] constexpr instant saturating_add(instant at,
                                               std::chrono::duration<Rep, Period> time) noexcept {
  return detail::at_ns(detail::after_ns(at.time_since_epoch().count(), detail::to_ns(time)));
}

/// `late - early`, held at the ends of the range.
[[nodiscard]] constexpr clock::duration saturating_sub(instant late, instant early) noexcept {
  std::int64_t ns = 0;
  const std::int64_t from = early.time_since_epoch().count();
  if (__builtin_sub_overflow(late.time_since_epoch().count(), from, &ns)) {
    ns = from < 0 ? INT64_MAX : INT64_MIN;
  }
  return clock::duration(ns);
}

/// A point of any clock on edo's: itself for an `instant`; for others, as far ahead of edo's now as
/// it is of that clock's now. So a deadline on the wall clock is converted once, and a later change
/// of the wall clock does not move it.
template <class Clock, class Duration>
[[nodiscard]] instant to_instant(std::chrono::time_point<Clock, Duration> at) noexcept {
  if constexpr (std::same_as<Clock, clock>) {
    return detail::at_ns(detail::to_ns(at.time_since_epoch()));
  } else {
    const std::int64_t there = detail::to_ns(at.time_since_epoch());
    if (there == INT64_MAX) return instant::max();
    const auto there_now = detail::at_ns(detail::to_ns(Clock::now().time_since_epoch()));
    return saturating_add(clock::now(), saturating_sub(detail::at_ns(there), there_now));
  }
}

}  // namespace edo::inline v0
