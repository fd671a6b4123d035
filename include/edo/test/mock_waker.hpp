/// A waker that counts what is done to it.
#pragma once

#include "edo/future/waker.hpp"

#include <utility>

namespace edo::inline v0::test {

namespace detail {
class waker_log;
}  // namespace detail

/// A waker for hand-made polls: it runs nothing and counts every clone, drop and wake exactly.
///
/// `context cx(mock.waker());` then `future.poll(cx)`. Clones may outlive the mock. A drop too
/// many aborts.
/// Threads: the waker's operations and the counts, any; moving and destroying the mock, one.
/// Allocation: one a mock. Source: `tokio_test::task`'s mock waker, with counts.
class EDO_API mock_waker {
 public:
  mock_waker();
  mock_waker(mock_waker&& other) noexcept : log_(std::exchange(other.log_, nullptr)) {}
  mock_waker& operator=(mock_waker&& other) noexcept {
    std::swap(log_, other.log_);
    return *this;
  }
  ~mock_waker();

  /// The waker to poll with. This one reference is the mock's and is counted nowhere.
  [[nodiscard]] const edo::waker& waker() const noexcept;

  /// How many clones have been made.
  [[nodiscard]] unsigned clones() const noexcept;
  /// How many references were given back, by destruction or by `wake() &&`.
  [[nodiscard]] unsigned drops() const noexcept;
  /// How many clones are alive: `clones() - drops()`.
  [[nodiscard]] unsigned live() const noexcept;

  /// How many wakes there were, of both kinds; they are not coalesced.
  [[nodiscard]] unsigned wakes() const noexcept { return wakes_by_value() + wakes_by_ref(); }
  [[nodiscard]] unsigned wakes_by_value() const noexcept;
  [[nodiscard]] unsigned wakes_by_ref() const noexcept;

  /// True if it was woken since it was made or since the last `clear_woken()`.
  /// What happened before the wake is visible after a true answer.
  [[nodiscard]] bool is_woken() const noexcept;
  /// Forgets that it was woken, and tells whether it was; the counts stay.
  bool clear_woken() noexcept;

 private:
  detail::waker_log* log_;
};

}  // namespace edo::inline v0::test
