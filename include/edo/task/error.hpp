/// Why a task has no output.
#pragma once

#include "edo/task/id.hpp"

#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace edo::inline v0 {

/// What a `join_handle` gives instead of an output: the task was cancelled, or its body threw.
///
/// `co_await edo::try_(handle)` throws a held exception in the awaiting coroutine, and returns a
/// cancellation from it as `errc::cancelled`.
/// Threads: a value; copies share the exception. Source: Rust's `tokio::task::JoinError`.
class [[nodiscard]] EDO_API join_error {
 public:
  /// A task that was cancelled.
  explicit join_error(task_id task) noexcept : task_(task) {}
  /// A task that ended with an exception.
  join_error(task_id task, std::exception_ptr exception) noexcept
      : task_(task), exception_(std::move(exception)) {}

  /// It was aborted, or its runtime was shut down, before it had finished.
  [[nodiscard]] bool is_cancelled() const noexcept { return exception_ == nullptr; }
  /// An exception left its body.
  [[nodiscard]] bool is_exception() const noexcept { return exception_ != nullptr; }

  [[nodiscard]] task_id id() const noexcept { return task_; }

  /// The exception; null if the task was cancelled.
  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

  /// Throws the exception; for a cancelled task `std::system_error` with `errc::cancelled`.
  [[noreturn]] void rethrow() const;

  /// `task 7 was cancelled`, or `task 7 ended with an exception: ` and its `what()`.
  [[nodiscard]] std::string message() const;

 private:
  task_id task_;
  std::exception_ptr exception_;
};

/// For `try_` and for conversions to `std::error_code`: `errc::cancelled`.
[[nodiscard]] EDO_API std::error_code make_error_code(const join_error& error) noexcept;

}  // namespace edo::inline v0
