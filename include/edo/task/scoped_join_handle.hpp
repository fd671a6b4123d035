/// A join handle that aborts its task instead of detaching it.
#pragma once

#include "edo/task/join_handle.hpp"

#include <utility>

namespace edo::inline v0 {

/// A `join_handle` whose destructor aborts the task. The destructor does not wait: the task's
/// future is destroyed where its runtime runs it.
///
/// Awaits, cancel safety, errors, threads: as `join_handle`. Await it by reference: an owned one
/// that is dropped while it waits aborts the task. Assigning to one that has a task aborts that.
/// Allocation: none. Source: `tokio_util::task::AbortOnDropHandle`.
template <class T>
class scoped_join_handle {
 public:
  using output = typename join_handle<T>::output;

  /// No task.
  constexpr scoped_join_handle() noexcept = default;
  explicit scoped_join_handle(join_handle<T>&& handle) noexcept : handle_(std::move(handle)) {}

  scoped_join_handle(scoped_join_handle&&) noexcept = default;
  scoped_join_handle& operator=(scoped_join_handle&& other) noexcept {
    if (this != &other) {
      end();
      handle_ = std::move(other.handle_);
    }
    return *this;
  }
  ~scoped_join_handle() { end(); }

  poll_result<output> poll(context& cx) { return handle_.poll(cx); }

  /// The ordinary handle, which detaches when it is dropped; this one is empty.
  [[nodiscard]] join_handle<T> detach() noexcept { return std::move(handle_); }

  /// Asks the task to end: see `abort_handle::abort`. The handle can still be awaited.
  void abort() const noexcept { handle_.abort(); }

  /// True once the task has an outcome. Requires a task, as do `abort`, `id` and `abort_handle`.
  [[nodiscard]] bool is_finished() const noexcept { return handle_.is_finished(); }
  [[nodiscard]] task_id id() const noexcept { return handle_.id(); }
  [[nodiscard]] edo::abort_handle abort_handle() const noexcept { return handle_.abort_handle(); }

  /// False for one that is empty, was moved from or detached.
  [[nodiscard]] bool valid() const noexcept { return handle_.valid(); }

 private:
  void end() noexcept {
    if (handle_.valid()) handle_.abort();
  }

  join_handle<T> handle_;
};

/// The same around a handle of a closure that was made in place (EDO-E0015).
template <class T>
class closure_scoped_join_handle : public scoped_join_handle<T> {
 public:
  static constexpr bool holds_closure = true;
  using scoped_join_handle<T>::scoped_join_handle;
};

/// The handle, but aborting: `auto h = edo::abort_on_drop(edo::spawn(work()));`.
/// Errors: none. Allocation: none. Source: `tokio_util::task::AbortOnDropHandle::new`.
template <class T>
[[nodiscard]] scoped_join_handle<T> abort_on_drop(join_handle<T>&& handle) noexcept {
  return scoped_join_handle<T>(std::move(handle));
}
template <class T>
[[nodiscard]] closure_scoped_join_handle<T> abort_on_drop(
    closure_join_handle<T>&& handle) noexcept {
  return closure_scoped_join_handle<T>(std::move(handle));
}

}  // namespace edo::inline v0
