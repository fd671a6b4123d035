/// Drives one future on this thread, without a runtime.
#pragma once

#include "edo/future/async.hpp"

#include <source_location>
#include <utility>

namespace edo::inline v0 {

namespace detail {
/// Says of this thread, for a scope, that a task is being polled here: blocking waits are refused.
class EDO_API polling_scope {
 public:
  polling_scope() noexcept;
  polling_scope(const polling_scope&) = delete;
  polling_scope& operator=(const polling_scope&) = delete;
  ~polling_scope();

 private:
  unsigned saved_;
};

/// Lifts that for a scope: `block_in_place`, or a thread that polls but may block.
class EDO_API blocking_scope {
 public:
  blocking_scope() noexcept;
  blocking_scope(const blocking_scope&) = delete;
  blocking_scope& operator=(const blocking_scope&) = delete;
  ~blocking_scope();

 private:
  unsigned saved_;
};

/// Throws `usage_error` EDO-E0010 if a task is being polled on this thread.
EDO_API void require_blocking_allowed(std::source_location where, const char* subject);

/// Parks this thread until its waker is woken.
class EDO_API thread_parker {
 public:
  thread_parker();
  thread_parker(const thread_parker&) = delete;
  thread_parker& operator=(const thread_parker&) = delete;
  ~thread_parker();

  [[nodiscard]] const edo::waker& waker() const noexcept { return waker_; }
  /// Returns when the waker has been woken since the last call.
  void park() noexcept;

 private:
  edo::waker waker_;
};
}  // namespace detail

/// Polls `future` on this thread until it is ready, and gives its output. Between polls the thread
/// sleeps until it is woken; no runtime is needed, so what needs one (timers, sockets, `spawn`)
/// throws EDO-E0009 here: use `runtime::block_on` for those.
///
/// Errors: the future's exception. `usage_error` EDO-E0010 inside a task.
/// Threads: any that may block. Allocation: one a call. Source: `futures::executor::block_on`.
template <awaitable F>
output_of<F> block_on(F&& future, std::source_location where = std::source_location::current()) {
  detail::require_blocking_allowed(where, "block_on");
  future_type<F> polled = into_future(std::forward<F>(future));
  detail::thread_parker parker;
  for (;;) {
    {
      const detail::polling_scope polling;
      context cx(parker.waker());
      auto result = polled.poll(cx);
      if (result.is_ready()) return std::move(result).value();
    }
    parker.park();
  }
}

template <class X>
  requires(!awaitable<X>)
void block_on(X&&) {
  static_assert(awaitable<X>,
                "EDO-E0018: block_on of a type that is not a future: it needs a member "
                "poll(edo::context&) that returns edo::poll_result<T>");
}

}  // namespace edo::inline v0
