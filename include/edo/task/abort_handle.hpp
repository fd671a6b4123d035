/// The right to cancel a task, without its result.
#pragma once

#include "edo/task/id.hpp"

#include <utility>

namespace edo::inline v0 {

namespace detail {
struct join_access;
struct task_header;

EDO_API void task_abort(task_header& task) noexcept;
EDO_API void task_add_ref(task_header& task) noexcept;
EDO_API void task_drop_ref(task_header& task) noexcept;
[[nodiscard]] EDO_API bool task_finished(const task_header& task) noexcept;
[[nodiscard]] EDO_API task_id task_id_of(const task_header& task) noexcept;
}  // namespace detail

/// Cancels a task from anywhere; copies cancel the same task. It does not keep the output.
///
/// Threads: any, concurrently. It may outlive the task and its runtime.
/// Source: Rust's `tokio::task::AbortHandle`.
class abort_handle {
 public:
  abort_handle(const abort_handle& other) noexcept : task_(other.task_) {
    detail::task_add_ref(*task_);
  }
  abort_handle(abort_handle&& other) noexcept : abort_handle(std::as_const(other)) {}
  abort_handle& operator=(abort_handle other) noexcept {
    std::swap(task_, other.task_);
    return *this;
  }
  ~abort_handle() { detail::task_drop_ref(*task_); }

  /// Asks the task to end where it is suspended next: its future is destroyed there, in its
  /// runtime, and its handle gives a cancelled `join_error`. A task that has finished keeps its
  /// result; one that finishes in the poll that is running now may keep it. A blocking job that
  /// has started goes on, but its `std::stop_token` is told.
  void abort() const noexcept { detail::task_abort(*task_); }

  /// True once the task has an outcome.
  [[nodiscard]] bool is_finished() const noexcept { return detail::task_finished(*task_); }

  [[nodiscard]] task_id id() const noexcept { return detail::task_id_of(*task_); }

 private:
  template <class T>
  friend class join_handle;
  friend struct detail::join_access;

  explicit abort_handle(detail::task_header& task) noexcept : task_(&task) {
    detail::task_add_ref(task);
  }

  detail::task_header* task_;
};

}  // namespace edo::inline v0
