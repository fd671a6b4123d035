/// Threads for what blocks.
#pragma once

#include "edo/base/lock.hpp"

#include "sched/os_thread.hpp"
#include "sched/run_queue.hpp"
#include "sched/scheduler.hpp"
#include "task/owned_list.hpp"
#include "task/scheduler.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace edo::inline v0::detail {

/// Runs jobs, each a task whose future is ready at its first poll, on a bounded number of threads.
///
/// A thread is started for a job that finds none idle, up to the bound; beyond it jobs wait in
/// line. A thread that has been idle for the keep-alive time ends. Idle threads wait on one
/// condition, and a job promises a wake to one of them under the lock, so that none is lost and
/// none is given twice.
/// Threads: any.
class blocking_pool final : public task_scheduler {
 public:
  struct options {
    std::size_t threads_max = 1;
    std::int64_t keep_alive_ns = 0;
    os_thread::options thread;
    std::size_t queue_max = SIZE_MAX;  ///< For those who ask (`has_room`).
  };

  /// A moment's view.
  struct state {
    std::size_t threads = 0;
    std::size_t idle = 0;
    std::size_t queued = 0;
    std::size_t queued_max = 0;
  };

  blocking_pool(thread_environment& environment, options how);
  ~blocking_pool() override;

  /// Launches a new job and queues it; after a shutdown, ends it as cancelled.
  /// Errors: no thread runs and none can be started; the job has been ended as cancelled.
  [[nodiscard]] result<void> spawn(task_header& job) noexcept;

  /// Runs `entry(data)` before all jobs, on a thread that is idle or can be started; false: there
  /// is none, and none will be for a time that nobody knows. While it runs, that thread does not
  /// count in the bound: a worker's place has moved to it, and the worker's own thread ends.
  [[nodiscard]] bool run(void (*entry)(void*) noexcept, void* data) noexcept;

  /// Ends as cancelled what has not begun, on this thread, in the runtime's context; tells running
  /// jobs to stop. Returns without waiting. Again: nothing.
  void request_shutdown() noexcept;

  /// Waits until all threads have ended, at most until `deadline_ns`. Returns how many have not;
  /// they go on alone. Once, after `request_shutdown`.
  [[nodiscard]] std::size_t await_shutdown(std::int64_t deadline_ns) noexcept;

  [[nodiscard]] owned_list& jobs() noexcept { return jobs_; }
  [[nodiscard]] std::size_t thread_count() noexcept { return view().threads; }
  [[nodiscard]] state view() noexcept;

  /// True if a job need not wait behind `queue_max` others.
  [[nodiscard]] bool has_room() noexcept;

  // As the scheduler of jobs: a job is never woken, and never polled twice.
  void schedule(task_header& job) noexcept override;
  [[nodiscard]] bool release(task_header& job) noexcept override { return jobs_.remove(job); }

 private:
  struct call {
    void (*entry)(void*) noexcept;
    void* data;
  };
  /// What is to be done now that something is in the queue.
  enum class help : unsigned char { none, wake, start };

  static void thread_entry(void* self) noexcept;
  void work() noexcept;
  [[nodiscard]] help ask_for_help() noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] bool may_start() const noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] result<void> start_thread() noexcept;
  [[nodiscard]] bool has_work() const noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] bool wait_for_work() noexcept EDO_REQUIRES(lock_);
  void run_one() noexcept EDO_REQUIRES(lock_);
  void join_ended() noexcept;

  // immutable after construction
  thread_environment& environment_;
  const options options_;

  // any thread
  owned_list jobs_;

  // guarded by lock_
  raw_mutex lock_;
  run_queue queue_ EDO_GUARDED_BY(lock_);
  std::size_t queued_ EDO_GUARDED_BY(lock_) = 0;
  std::size_t queued_max_ EDO_GUARDED_BY(lock_) = 0;
  std::deque<call> calls_ EDO_GUARDED_BY(lock_);
  std::size_t threads_ EDO_GUARDED_BY(lock_) = 0;
  std::size_t lent_ EDO_GUARDED_BY(lock_) = 0;      // of these, in calls: not counted in the bound
  std::size_t idle_ EDO_GUARDED_BY(lock_) = 0;      // waiting, and not promised a wake
  std::size_t promised_ EDO_GUARDED_BY(lock_) = 0;  // wakes for those who wait
  bool stopping_ EDO_GUARDED_BY(lock_) = false;
  bool abandoned_ EDO_GUARDED_BY(lock_) = false;  // nobody joins threads any more
  std::vector<os_thread> ended_ EDO_GUARDED_BY(lock_);
  raw_condition work_or_stop_;
  raw_condition all_ended_;
};

}  // namespace edo::inline v0::detail
