/// The clock that a driver's timers go by.
#pragma once

#include "edo/base/atomic.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// `a + b`, held at the ends of the range instead of overflowing.
[[nodiscard]] constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

/// `a - b`, held at the ends of the range.
[[nodiscard]] constexpr std::int64_t saturating_sub(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return b < 0 ? INT64_MAX : INT64_MIN;
  return difference;
}

/// The monotonic clock, which tests may stop and set forward.
///
/// Running, it is CLOCK_MONOTONIC plus an offset (how long it has stood still is taken off again);
/// stopped, it is one number, and only `advance` moves it. It never goes back.
///
/// Threads: `now_ns` from any, also while another thread stops or moves the clock; those calls
/// come from one thread at a time. Times are nanoseconds, as `edo::instant` counts them.
class clock_source {
 public:
  clock_source() noexcept = default;
  clock_source(const clock_source&) = delete;
  clock_source& operator=(const clock_source&) = delete;

  [[nodiscard]] std::int64_t now_ns() const noexcept;

  [[nodiscard]] bool is_paused() const noexcept;

  /// Stops the clock. Requires that it runs.
  void pause() noexcept;

  /// Lets it run on from where it stands. Requires that it is stopped.
  void resume() noexcept;

  /// Sets it forward by `step_ns` >= 0. Requires that it is stopped.
  void advance(std::int64_t step_ns) noexcept;

 private:
  static constexpr std::int64_t running = -1;

  // any thread, atomic; written by whoever controls the clock
  atomic<std::int64_t> frozen_ns_{running};
  atomic<std::int64_t> offset_ns_{0};
};

}  // namespace edo::inline v0::detail
