/// A future that is fired by hand.
#pragma once

#include "edo/base/lock.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"
#include "edo/test/check.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <variant>

namespace edo::inline v0::test {

template <class T = void>
class manual;

namespace detail {
template <class T>
struct manual_state {
  using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  edo::detail::raw_mutex mutex;
  std::optional<value> result EDO_GUARDED_BY(mutex);
  std::exception_ptr error EDO_GUARDED_BY(mutex);
  edo::waker waker EDO_GUARDED_BY(mutex);
  unsigned polls EDO_GUARDED_BY(mutex) = 0;
  bool fired EDO_GUARDED_BY(mutex) = false;
  bool taken EDO_GUARDED_BY(mutex) = false;
  bool dropped EDO_GUARDED_BY(mutex) = false;
};
}  // namespace detail

/// The future of a `manual`. Ready once, after the manual was fired.
template <class T>
class [[nodiscard]] manual_future {
 public:
  using output = T;

  manual_future(manual_future&&) noexcept = default;
  manual_future& operator=(manual_future&&) = delete;
  ~manual_future() {
    if (state_ == nullptr) return;
    edo::waker last;  // dropped after the lock
    const edo::detail::raw_guard guard(state_->mutex);
    state_->dropped = true;
    state_->waker.swap(last);
  }

  poll_result<T> poll(context& cx) {
    edo::waker replaced;  // dropped after the lock
    const edo::detail::raw_guard guard(state_->mutex);
    ++state_->polls;
    if (!state_->fired) {
      if (!state_->waker.will_wake(cx.waker())) {
        replaced = std::exchange(state_->waker, edo::waker(cx.waker()));
      }
      return pending;
    }
    if (state_->error) std::rethrow_exception(state_->error);
    if constexpr (std::is_void_v<T>) {
      return done;
    } else {
      return poll_result<T>(std::in_place, *std::move(state_->result));
    }
  }

 private:
  friend class manual<T>;
  explicit manual_future(std::shared_ptr<detail::manual_state<T>> state)
      : state_(std::move(state)) {}

  std::shared_ptr<detail::manual_state<T>> state_;
};

/// The other end of a future: whoever holds it says when the future is ready, and sees what is done
/// with it. `manual<int> m; auto f = m.future(); … m.fire(7);`
///
/// Threads: any; `fire` may come from another thread than the poll.
template <class T>
class manual {
 public:
  manual() : state_(std::make_shared<detail::manual_state<T>>()) {}

  /// The future; there is one.
  [[nodiscard]] manual_future<T> future(
      std::source_location where = std::source_location::current()) {
    const edo::detail::raw_guard guard(state_->mutex);
    if (std::exchange(state_->taken, true)) detail::fail("a manual has one future", where);
    return manual_future<T>(state_);
  }

  /// Makes the future ready, with the value made of `args`, and wakes its task.
  template <class... Args>
  void fire(Args&&... args) {
    edo::waker waiting;
    {
      const edo::detail::raw_guard guard(state_->mutex);
      state_->result.emplace(std::forward<Args>(args)...);
      waiting = end();
    }
    waiting.wake_by_ref();
  }
  /// Makes the future throw `error`, and wakes its task.
  template <class Exception>
  void fire_exception(Exception&& error) {
    edo::waker waiting;
    {
      const edo::detail::raw_guard guard(state_->mutex);
      state_->error = std::make_exception_ptr(std::forward<Exception>(error));
      waiting = end();
    }
    waiting.wake_by_ref();
  }

  /// Wakes the task without making the future ready: a spurious wake.
  void wake() {
    edo::waker waiting;
    {
      const edo::detail::raw_guard guard(state_->mutex);
      waiting = state_->waker;
    }
    waiting.wake_by_ref();
  }

  /// True while a task waits for the future: it holds a waker.
  [[nodiscard]] bool is_waiting() const noexcept {
    const edo::detail::raw_guard guard(state_->mutex);
    return !state_->waker.empty();
  }
  [[nodiscard]] unsigned poll_count() const noexcept {
    const edo::detail::raw_guard guard(state_->mutex);
    return state_->polls;
  }
  /// True when the future has been destroyed.
  [[nodiscard]] bool is_dropped() const noexcept {
    const edo::detail::raw_guard guard(state_->mutex);
    return state_->dropped;
  }

 private:
  edo::waker end() EDO_REQUIRES(state_->mutex) {
    state_->fired = true;
    return std::exchange(state_->waker, edo::waker());
  }

  std::shared_ptr<detail::manual_state<T>> state_;
};

}  // namespace edo::inline v0::test
