/// A deadline around a future.
#pragma once

#include "edo/base/error.hpp"
#include "edo/base/result.hpp"
#include "edo/future/async.hpp"
#include "edo/time/sleep.hpp"

#include <chrono>
#include <expected>
#include <source_location>
#include <system_error>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

/// The error of `timeout`: the deadline passed first. Converts to `std::error_code`
/// (`errc::elapsed`, which equals `std::errc::timed_out`), so that `try_` returns early with it.
struct elapsed {
  operator std::error_code() const noexcept { return make_error_code(errc::elapsed); }
  friend constexpr bool operator==(elapsed, elapsed) noexcept { return true; }
};

namespace detail {
template <class T>
struct timed {
  using type = std::expected<T, elapsed>;
};
template <class T>
struct timed<result<T>> {
  using type = result<T>;
};
template <class T>
struct timed<T&> {
  static_assert(sizeof(T*) == 0, "edo: timeout() gives values; let the future give a pointer");
};
/// What a timeout around a future of `T` gives.
template <class T>
using timed_t = typename timed<T>::type;
}  // namespace detail

/// The future of `timeout` and `timeout_at`, around `F`.
///
/// Movable until it is first polled. Errors: `F`'s exceptions come out; after the runtime's
/// shutdown `usage_error` EDO-E0017, unless `F` is ready.
template <future F>
class [[nodiscard]] timeout_future {
 public:
  using output = detail::timed_t<output_of<F>>;
  static constexpr bool holds_closure = edo::holds_closure<F>;
  static constexpr bool holds_borrowed = edo::holds_borrowed<F>;

  timeout_future(F&& inner, sleep_future&& deadline)
      : inner_(std::move(inner)), deadline_(std::move(deadline)) {}

  poll_result<output> poll(context& cx) {
    if (auto polled = inner_.poll(cx); polled.is_ready()) {
      if constexpr (std::is_void_v<output_of<F>>) {
        return poll_result<output>(std::in_place);
      } else {
        return poll_result<output>(std::in_place, std::move(polled).value());
      }
    }
    // Without a budget: a future that has spent it must not outlive its deadline for that.
    context unlimited(cx.waker());
    if (deadline_.poll(unlimited).is_pending()) return pending;
    return poll_result<output>(std::in_place, std::unexpect, elapsed{});
  }

  /// Refuses a future that borrows, before this is handed to a task. Errors: as `edo::spawn`.
  void require_owning(std::source_location where) const {
    detail::require_spawnable(inner_, where);
  }

  /// The future inside.
  [[nodiscard]] F& get() noexcept { return inner_; }

  /// When it gives up.
  [[nodiscard]] instant deadline() const noexcept { return deadline_.deadline(); }

 private:
  F inner_;
  sleep_future deadline_;
};

/// Awaits `awaited`, at most for `time` from this call.
///
/// Gives `std::expected<T, elapsed>`; over a future of `result<U>` it gives `result<U>`, with
/// `errc::elapsed` (which equals `std::errc::timed_out`) for the deadline.
/// Awaits: `awaited` is polled first, so one that is ready wins however late it is; then the
/// deadline, which comes also when `awaited` spends the whole cooperative budget each time.
/// `duration::max()` never comes; zero gives `awaited` one poll.
/// An lvalue is borrowed: it stays as it is at the deadline and can be awaited again. An rvalue is
/// owned, and dropped with this future.
/// Cancel safety: that of `awaited`. Errors: throws `usage_error` EDO-E0009, with the caller's
/// line, outside of a runtime. Threads: runs in this task. Complexity: as `sleep`, no allocation.
/// Source: `tokio::time::timeout`.
template <class Rep, class Period, awaitable F>
[[nodiscard]] timeout_future<future_type<F>> timeout(
    std::chrono::duration<Rep, Period> time,
    F&& awaited,
    std::source_location made_at = std::source_location::current()) {
  return {into_future(std::forward<F>(awaited)), edo::sleep(time, made_at)};
}

/// The same, until a point of edo's clock or of any other (`to_instant`).
/// Source: `tokio::time::timeout_at`.
template <class Clock, class Duration, awaitable F>
[[nodiscard]] timeout_future<future_type<F>> timeout_at(
    std::chrono::time_point<Clock, Duration> deadline,
    F&& awaited,
    std::source_location made_at = std::source_location::current()) {
  return {into_future(std::forward<F>(awaited)), edo::sleep_until(deadline, made_at)};
}

}  // namespace edo::inline v0
