/// Options of a runtime, checked once.
#pragma once

#include "edo/base/result.hpp"
#include "edo/runtime/detail/nanoseconds.hpp"
#include "edo/runtime/local_runtime.hpp"
#include "edo/runtime/runtime.hpp"
#include "edo/task/hooks.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>

namespace edo::inline v0 {

/// Describes a runtime and builds it:
/// `edo::runtime_builder::multi_thread().worker_threads(2).build()`.
///
/// Errors: an option out of range throws `usage_error` EDO-E0013 with the line of its call.
/// Threads: a plain value. Source: Rust's `tokio::runtime::Builder`.
class EDO_API runtime_builder {
 public:
  /// Tasks run on worker threads, at any time.
  [[nodiscard]] static runtime_builder multi_thread();

  /// Tasks run on the thread that calls `block_on`, while it does.
  [[nodiscard]] static runtime_builder current_thread();

  /// How many workers; at least 1. A current-thread runtime has one, whatever is set.
  /// Without it: the processors that this process may use (affinity mask and cgroup quota, rounded
  /// up), or the value of the environment variable `EDO_WORKER_THREADS`.
  runtime_builder& worker_threads(std::size_t count,
                                  std::source_location where = std::source_location::current());

  /// The bound on threads for `spawn_blocking` and `block_in_place`; at least 1; 512 without it.
  runtime_builder& max_blocking_threads(
      std::size_t count, std::source_location where = std::source_location::current());

  /// How long an idle blocking thread waits for another job; 10 seconds without it.
  template <class Rep, class Period>
  runtime_builder& thread_keep_alive(std::chrono::duration<Rep, Period> time) noexcept {
    options_.keep_alive_ns = detail::option_ns(time);
    return *this;
  }

  /// The name of the runtime's threads (the system shows 15 characters); "edo-worker" without it.
  runtime_builder& thread_name(std::string name);

  /// The stack of each thread, in bytes; at least 64 KiB; the system's default without it.
  runtime_builder& thread_stack_size(std::size_t bytes,
                                     std::source_location where = std::source_location::current());

  /// After how many polls a busy worker looks for events and timers; at least 1; 61 without it.
  runtime_builder& event_interval(unsigned polls,
                                  std::source_location where = std::source_location::current());

  /// How long the destructor of the runtime waits for what is running; 10 seconds without it.
  template <class Rep, class Period>
  runtime_builder& shutdown_deadline(std::chrono::duration<Rep, Period> time) noexcept {
    options_.shutdown_deadline_ns = detail::option_ns(time);
    return *this;
  }

  /// How many jobs may wait for a thread before `try_spawn_blocking` refuses more; at least 1; 4096
  /// without it. `spawn_blocking` never refuses.
  runtime_builder& blocking_queue_max(std::size_t jobs,
                                      std::source_location where = std::source_location::current());

  /// After how many polls a busy worker looks for tasks that other threads have woken; at least 1.
  /// Without it the interval follows the mean time of a poll, so that they wait some 200 µs.
  runtime_builder& global_queue_interval(
      unsigned polls, std::source_location where = std::source_location::current());

  /// Where the order begins in which workers look at each other for work.
  runtime_builder& rng_seed(std::uint64_t seed) noexcept;

  /// The runtime's name, in its reports.
  runtime_builder& name(std::string name);

  /// Called on each thread of the runtime, workers and blocking threads, when it starts and before
  /// it ends, inside the runtime's context. A current-thread runtime's tasks run on no thread of
  /// its own.
  runtime_builder& on_thread_start(hook<void()> fn);
  runtime_builder& on_thread_stop(hook<void()> fn);

  /// Called by a worker, or the thread in `block_on`, before it sleeps and after. It may wake and
  /// spawn tasks: the thread then does not sleep, but gives the driver a turn.
  runtime_builder& on_thread_park(hook<void()> fn);
  runtime_builder& on_thread_unpark(hook<void()> fn);

  /// Called by the spawning thread before the task can run.
  runtime_builder& on_task_spawn(hook<void(const task_meta&)> fn);
  /// Called around each poll of a task.
  runtime_builder& on_before_poll(hook<void(const task_meta&)> fn);
  runtime_builder& on_after_poll(hook<void(const task_meta&)> fn);
  /// Called once its future is destroyed, however the task ended.
  runtime_builder& on_task_terminate(hook<void(const task_meta&)> fn);

  /// What happens when a task or a blocking job ends with an exception that nobody will see,
  /// because its handle was dropped; `unhandled_policy::log` without it.
  runtime_builder& on_unhandled_exception(unhandled_policy policy) noexcept;
  /// The same with a function of yours.
  runtime_builder& on_unhandled_exception(hook<void(const unhandled_exception&)> fn);

  /// Makes the runtime and starts its workers.
  /// Errors: what the system says (no thread, no descriptor); everything started is cleaned up.
  /// `usage_error` EDO-E0013 if `EDO_WORKER_THREADS` is not a number from 1 to 32768.
  [[nodiscard]] result<runtime> build(
      std::source_location where = std::source_location::current()) const;

  /// Makes a runtime that stays on the calling thread; the flavour and the number of workers do not
  /// matter. Errors: as `build`. Source: `tokio::runtime::Builder::build_local`.
  [[nodiscard]] result<local_runtime> build_local(
      std::source_location where = std::source_location::current()) const;

 private:
  runtime_builder() = default;

  detail::runtime_options options_;
};

}  // namespace edo::inline v0
