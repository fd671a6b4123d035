/// What a runtime counts.
#pragma once

#include "edo/base/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <source_location>

namespace edo::inline v0 {

namespace detail {
class runtime_state;
}  // namespace detail

/// A view of a runtime's counters and gauges, read when they are asked for.
///
/// Counters only grow. What several threads change at once is a moment's view: two figures read one
/// after the other need not agree. Counters of a worker follow its core: when a core moves to
/// another thread, they go on there. `worker` is a number below `num_workers()`; a current-thread
/// runtime has one.
/// Errors: `usage_error` EDO-E0013 for a number that is none.
/// Threads: any; it keeps the runtime's memory, not the runtime, alive.
/// Complexity: O(1), but for `num_alive_tasks` and `spawned_tasks_count`, which visit the 16 shards
/// of the list of tasks. Source: Rust's `tokio::runtime::RuntimeMetrics`.
class EDO_API runtime_metrics {
 public:
  runtime_metrics(const runtime_metrics& other) noexcept;
  runtime_metrics& operator=(const runtime_metrics& other) noexcept;
  ~runtime_metrics();

  [[nodiscard]] std::size_t num_workers() const noexcept;

  /// Tasks spawned and not yet ended, without blocking jobs.
  [[nodiscard]] std::size_t num_alive_tasks() const noexcept;
  [[nodiscard]] std::uint64_t spawned_tasks_count() const noexcept;

  /// Tasks that wait in the injection queue, and how many have been put there: woken or spawned by
  /// threads that hold no core.
  [[nodiscard]] std::size_t global_queue_depth() const noexcept;
  [[nodiscard]] std::uint64_t remote_schedule_count() const noexcept;

  /// Polls that ended because the task's budget was spent.
  [[nodiscard]] std::uint64_t budget_forced_yield_count() const noexcept;

  [[nodiscard]] std::size_t num_blocking_threads() const noexcept;
  [[nodiscard]] std::size_t num_idle_blocking_threads() const noexcept;
  [[nodiscard]] std::size_t blocking_queue_depth() const noexcept;
  /// The deepest that the blocking queue has been.
  [[nodiscard]] std::size_t blocking_queue_depth_max() const noexcept;

  [[nodiscard]] std::uint64_t worker_poll_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// Time not asleep, up to the worker's last sleep or turn of the driver.
  [[nodiscard]] std::chrono::nanoseconds worker_total_busy_duration(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// The worker's busy time over its polls; zero before the first.
  [[nodiscard]] std::chrono::nanoseconds worker_mean_poll_time(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// How often the worker went to sleep; with `worker_park_unpark_count`, which counts both ways:
  /// odd while it sleeps.
  [[nodiscard]] std::uint64_t worker_park_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  [[nodiscard]] std::uint64_t worker_park_unpark_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// How often it woke up and found nothing to do.
  [[nodiscard]] std::uint64_t worker_noop_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// Tasks taken from other workers, and in how many goes.
  [[nodiscard]] std::uint64_t worker_steal_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  [[nodiscard]] std::uint64_t worker_steal_operations(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// Tasks queued by the worker's own thread, and for how many of these its ring was full.
  [[nodiscard]] std::uint64_t worker_local_schedule_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  [[nodiscard]] std::uint64_t worker_overflow_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// Polls of the task that was woken last, ahead of the queue.
  [[nodiscard]] std::uint64_t worker_lifo_poll_count(
      std::size_t worker, std::source_location where = std::source_location::current()) const;
  /// Tasks in its ring and its LIFO slot.
  [[nodiscard]] std::size_t worker_local_queue_depth(
      std::size_t worker, std::source_location where = std::source_location::current()) const;

  /// Descriptors registered with the driver, those gone again, and the events it has reported.
  [[nodiscard]] std::uint64_t io_driver_fd_registered_count() const noexcept;
  [[nodiscard]] std::uint64_t io_driver_fd_deregistered_count() const noexcept;
  [[nodiscard]] std::uint64_t io_driver_ready_count() const noexcept;

 private:
  friend class runtime;
  friend class handle;
  explicit runtime_metrics(detail::runtime_state& state) noexcept;

  detail::runtime_state* state_;
};

}  // namespace edo::inline v0
