/// A future that is ready when its time has come.
#pragma once

#include "edo/driver/driver_ref.hpp"
#include "edo/driver/timer_entry.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"
#include "edo/time/instant.hpp"

#include <chrono>
#include <cstdint>
#include <source_location>

namespace edo::inline v0 {

/// The future of `sleep` and `sleep_until`: ready at its deadline, never before.
///
/// Awaits: the deadline, by the clock of the runtime in which it was made; it stays with that one
/// wherever it is polled. After it was ready it is ready again at once, until `reset`.
/// Movable until it is first polled. (A later move gives its place among the timers up, and the
/// next poll takes it again; checked builds report it as EDO-E0006.)
/// Cancel safety: dropping it loses nothing.
/// Errors: a poll after the runtime's shutdown throws `usage_error` EDO-E0017, with the place where
/// the sleep was made.
/// Threads: polled and reset by one at a time, not always the same. Complexity: O(1) to begin,
/// O(log n) of all timers to end; no allocation. It charges one unit of the budget when ready.
/// Source: `tokio::time::Sleep`.
class [[nodiscard]] EDO_API sleep_future {
 public:
  using output = void;

  sleep_future(sleep_future&& other) noexcept;
  sleep_future& operator=(sleep_future&&) = delete;
  ~sleep_future();

  poll_result<void> poll(context& cx);

  /// When it is ready; `instant::max()`: never.
  [[nodiscard]] instant deadline() const noexcept { return detail::at_ns(entry_.deadline_ns()); }

  /// True once the deadline has passed.
  [[nodiscard]] bool is_elapsed() const noexcept;

  /// Sets another deadline, at any time, also after it was ready. It need not be polled again for
  /// the new one to wake the task that polled it last, unless it had fired.
  void reset(instant deadline) noexcept;

  /// For the library: a sleep on a driver, until a point in nanoseconds of that driver's clock.
  sleep_future(detail::driver_ref driver, std::int64_t deadline_ns, std::source_location made_at);

 private:
  detail::driver_ref driver_;
  std::source_location made_at_;
  detail::timer_entry entry_;
};

namespace detail {
/// Errors: EDO-E0009 without a runtime on this thread.
[[nodiscard]] EDO_API sleep_future sleep_for_ns(std::int64_t time_ns, std::source_location made_at);
[[nodiscard]] EDO_API sleep_future sleep_until_ns(std::int64_t deadline_ns,
                                                  std::source_location made_at);
}  // namespace detail

/// A future that is ready `time` from now (from this call, not from the first poll).
///
/// Never early; late by the resolution of the driver (a millisecond) and by how busy the runtime
/// is. Zero and negative times are ready at the first poll; `duration::max()` never is, and times
/// beyond 292 years neither.
/// Errors: throws `usage_error` EDO-E0009, with the caller's line, outside of a runtime.
/// Source: `tokio::time::sleep`.
template <class Rep, class Period>
[[nodiscard]] sleep_future sleep(std::chrono::duration<Rep, Period> time,
                                 std::source_location made_at = std::source_location::current()) {
  return detail::sleep_for_ns(detail::to_ns(time), made_at);
}

/// A future that is ready at `deadline`, a point of edo's clock or of any other (`to_instant` says
/// how that is converted, once, here). A point in the past is ready at the first poll.
/// Errors: as `sleep`. Source: `tokio::time::sleep_until`.
template <class Clock, class Duration>
[[nodiscard]] sleep_future sleep_until(
    std::chrono::time_point<Clock, Duration> deadline,
    std::source_location made_at = std::source_location::current()) {
  return detail::sleep_until_ns(to_instant(deadline).time_since_epoch().count(), made_at);
}

}  // namespace edo::inline v0
