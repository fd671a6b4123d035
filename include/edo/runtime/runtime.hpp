/// Owns threads, driver and tasks.
#pragma once

#include "edo/base/result.hpp"
#include "edo/runtime/detail/nanoseconds.hpp"
#include "edo/runtime/detail/options.hpp"
#include "edo/runtime/handle.hpp"
#include "edo/runtime/metrics.hpp"
#include "edo/runtime/shutdown_report.hpp"

#include <chrono>
#include <cstdint>
#include <source_location>
#include <utility>

namespace edo::inline v0 {

/// Polls tasks. Made by a `runtime_builder`; movable.
///
/// `spawn` takes what `edo::spawn` does; on a current-thread runtime tasks run during `block_on`.
/// Destroying it shuts it down: every task that is not in the middle of a poll is destroyed, in
/// the runtime's context; blocking jobs that have not started are dropped; running polls and jobs
/// are waited for up to the builder's `shutdown_deadline`, and a report to standard error names
/// those that did not end. Their threads are left, and destroy their task when its poll ends.
/// Destroyed inside one of its own tasks it prints EDO-E0012 and shuts down in the background.
/// In a process that was forked while it lived it cannot be used (EDO-E0022), and ends silently.
/// Threads: its const functions from any; to be destroyed when no thread is in one of them.
/// Source: Rust's `tokio::runtime::Runtime`.
class [[nodiscard]] EDO_API runtime : public detail::spawns<runtime> {
 public:
  runtime(runtime&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)), where_(other.where_) {}
  runtime& operator=(runtime&& other) noexcept;
  ~runtime();

  /// A reference to it for other threads.
  [[nodiscard]] edo::handle handle() const noexcept { return edo::handle(*state_); }

  /// Makes it the calling thread's runtime for the guard's life.
  [[nodiscard]] enter_guard enter(
      std::source_location where = std::source_location::current()) const noexcept;

  /// Its counters.
  [[nodiscard]] runtime_metrics metrics() const noexcept;

  /// Polls `future` on the calling thread until it is ready, and gives its output.
  ///
  /// On a current-thread runtime this is what runs the tasks: one of the threads in `block_on`
  /// drives, the others wait for their futures. On a multi-thread one the workers run the tasks.
  /// An lvalue future is borrowed, an rvalue owned and destroyed here.
  /// Errors: the future's exception. `usage_error` EDO-E0010 inside a task or another `block_on`.
  /// Threads: any, concurrently. Allocation: one.
  template <awaitable F>
  output_of<F> block_on(F&& future,
                        std::source_location where = std::source_location::current()) const {
    return detail::block_on_runtime(*state_, std::forward<F>(future), where);
  }

  /// Runs a callable on the blocking pool: see `edo::spawn_blocking`.
  template <class Fn>
  auto spawn_blocking(Fn&& fn, std::source_location where = std::source_location::current()) const {
    return detail::spawn_job(detail::same_process(*state_, where), where, std::forward<Fn>(fn));
  }

  /// Shuts down, waiting at most `timeout` for polls and jobs that are running.
  /// Returns within `timeout` + 50 ms and tells what had not ended. Inside one of its own tasks it
  /// does not wait.
  template <class Rep, class Period>
  shutdown_report shutdown_timeout(std::chrono::duration<Rep, Period> timeout) && {
    return shut_down_within(detail::option_ns(timeout));
  }

  /// Shuts down without waiting: the runtime's threads destroy its tasks. Allowed inside a task.
  void shutdown_background() &&;

 private:
  friend class runtime_builder;
  friend class detail::spawns<runtime>;

  template <class... Given>
  auto spawn_at(std::source_location where, Given&&... given) const {
    return detail::spawn_any(detail::same_process(*state_, where), where,
                             std::forward<Given>(given)...);
  }

  runtime(detail::runtime_state& state, std::source_location where) noexcept
      : state_(&state), where_(where) {}

  [[nodiscard]] bool is_here() noexcept;
  shutdown_report shut_down_within(std::int64_t timeout_ns);
  void shut_down() noexcept;

  detail::runtime_state* state_;  // one reference
  std::source_location where_;    // where it was built
};

}  // namespace edo::inline v0
