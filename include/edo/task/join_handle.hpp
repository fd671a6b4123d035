/// The right to a task's result.
#pragma once

#include "edo/base/usage.hpp"
#include "edo/future/poll.hpp"
#include "edo/task/abort_handle.hpp"
#include "edo/task/detail/cell.hpp"
#include "edo/task/error.hpp"

#include <expected>
#include <source_location>
#include <utility>

namespace edo::inline v0 {

/// Awaits the end of a task and gives its output, once. Dropping it detaches the task, which goes
/// on by itself.
///
/// Awaits: the task's end: `std::expected<T, join_error>`.
/// Cancel safety: awaited by reference (`co_await handle`, `select(handle, ...)`) nothing is lost
/// when the wait is dropped; it can be awaited again until it has given the output.
/// Errors: `join_error` if the task was cancelled or threw. A task that awaits its own handle gets
/// a `join_error` that holds `usage_error` EDO-E0011. Awaiting again after the output was given
/// throws `usage_error` EDO-E0005.
/// Threads: any one at a time. It may outlive the runtime. An output that nobody takes is destroyed
/// with the handle, on its thread, or at the end of the task.
/// Complexity: charges the budget once. Allocation: none. Source: Rust's `tokio::task::JoinHandle`.
template <class T>
class join_handle {
 public:
  using output = std::expected<T, join_error>;

  /// No task: it may be assigned to and destroyed.
  constexpr join_handle() noexcept = default;

  join_handle(join_handle&& other) noexcept
      : task_(std::exchange(other.task_, nullptr)), taken_(other.taken_) {}
  join_handle& operator=(join_handle&& other) noexcept {
    if (this != &other) {
      reset();
      task_ = std::exchange(other.task_, nullptr);
      taken_ = other.taken_;
    }
    return *this;
  }
  ~join_handle() { reset(); }

  poll_result<output> poll(context& cx) {
    if (task_ == nullptr || taken_) [[unlikely]] {
      detail::throw_usage(usage::awaited_twice, {}, "join_handle");
    }
    if (detail::task_is_current(*task_)) [[unlikely]] {
      return output(std::unexpect, detail::task_awaits_itself(*task_));
    }
    if (!cx.try_charge()) return pending;
    if (!detail::task_join_poll(*task_, cx)) {
      cx.refund();
      return pending;
    }
    taken_ = true;
    return detail::take_output<T>(*task_);
  }

  /// Asks the task to end: see `abort_handle::abort`. The handle can still be awaited.
  void abort() const noexcept { detail::task_abort(*task_); }

  /// True once the task has an outcome.
  [[nodiscard]] bool is_finished() const noexcept { return detail::task_finished(*task_); }

  /// Requires a task, as do `abort`, `is_finished` and `abort_handle`.
  [[nodiscard]] task_id id() const noexcept { return detail::task_id_of(*task_); }

  /// The right to abort, which can be copied and outlives this handle.
  [[nodiscard]] edo::abort_handle abort_handle() const noexcept {
    return edo::abort_handle(*task_);
  }

  /// False for one that is empty or was moved from.
  [[nodiscard]] bool valid() const noexcept { return task_ != nullptr; }

 protected:
  explicit join_handle(detail::task_header& task) noexcept : task_(&task) {}

 private:
  friend struct detail::join_access;

  void reset() noexcept {
    if (task_ != nullptr) detail::task_join_drop(*std::exchange(task_, nullptr), taken_);
  }

  detail::task_header* task_ = nullptr;
  bool taken_ = false;
};

/// The join handle of a task that was spawned from a closure with a destructor, made in place:
/// g++ before 13 must not make one inside a `co_await` expression (EDO-E0015).
template <class T>
class closure_join_handle : public join_handle<T> {
 public:
  static constexpr bool holds_closure = true;

 private:
  friend struct detail::join_access;
  using join_handle<T>::join_handle;
};

namespace detail {
/// Makes handles; for spawn.
struct join_access {
  /// `Fresh`: the task holds a closure that may have been made in place.
  template <class T, bool Fresh>
  using handle =
      std::conditional_t<Fresh && closure_in_await_broken, closure_join_handle<T>, join_handle<T>>;

  template <class Handle>
  static Handle make(task_header& task) noexcept {
    return Handle(task);
  }
  /// The right to abort a task that the caller has a reference to.
  static abort_handle abort_handle_of(task_header& task) noexcept {
    return edo::abort_handle(task);
  }
};
}  // namespace detail

}  // namespace edo::inline v0
