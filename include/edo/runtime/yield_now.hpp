/// Lets others have their turn.
#pragma once

#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

namespace edo::inline v0 {

namespace detail {
/// Tells this thread's scheduler that the task it polls gives its turn away.
EDO_API void note_yield() noexcept;
}  // namespace detail

/// The future of `yield_now`.
class [[nodiscard]] yield_future {
 public:
  constexpr yield_future() noexcept = default;

  poll_result<void> poll(context& cx) noexcept {
    yielded_ = !yielded_;
    if (!yielded_) return done;
    detail::note_yield();
    cx.waker().wake_by_ref();
    return pending;
  }

 private:
  bool yielded_ = false;
};

/// Pends once: in a task of edo, it is polled again after the other tasks that are ready, and after
/// the driver has looked for events and timers. On other executors it wakes itself at once.
/// A named one can be awaited again, and pends again.
///
/// Cancel safety: nothing is lost. Threads: any. Allocation: none.
/// Source: Rust's `tokio::task::yield_now`.
[[nodiscard]] constexpr yield_future yield_now() noexcept { return {}; }

}  // namespace edo::inline v0
