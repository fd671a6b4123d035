/// Runs tasks on worker threads: in this form with one queue under one lock.
///
/// 1. A *worker* is a thread that can run tasks, a *core* the right to do so; there are as many
///    cores as the runtime has workers. A worker holds a core while it polls, and gives it away
///    before it blocks (`give_core`); another thread takes it up. Any thread schedules.
/// 2. What a worker is doing, as the others see it (all under `lock_`):
///      polling    it runs a task; it will look at the queue again, nobody knows when
///      searching  it has been woken for the queue and has not looked yet; counted in `searching_`
///      idle       it waits for the condition; counted in `idle_`
///      driving    it sleeps in the parker; `driver_sleeper_`
/// 3.     polling --queue empty--> driving (if nobody drives) or idle
///        idle, driving --schedule--> searching --looks--> polling, driving or idle
///        driving --event, timer--> looks
///        polling --give_core--> without a core --regain_core--> polling, or the thread leaves
/// 4. `queue_` and the counters are guarded by `lock_`; a core is its worker's alone, or under the
///    lock in `spare_cores_`.
/// 5. INV-1 Whenever the lock is free and the queue is not empty: some worker searches, or none is
///          idle or driving. So a task in the queue waits for a busy worker only if all are busy.
///          Kept by schedule (wakes one unless one searches already) and by next_task (a worker
///          that takes a task and leaves others wakes the next one). Hence at most one worker is
///          woken at a time, and a burst of n tasks from one thread costs at most one wake then.
///    INV-2 `searching_` counts wakes that have been promised and not yet been answered by a look
///          at the queue. A worker is promised one under the lock, before it is notified.
///    INV-3 A task that gave its turn away is not in the queue before its worker has given the
///          driver a turn (or another worker sleeps in it).
///    INV-4 A busy worker gives the driver a turn every `event_interval` polls.
/// 6. Races. Schedule against a worker that goes to sleep: both are under the lock; the worker
///    counts as idle or driving before it lets go of it, and an unpark before its sleep is not
///    lost. Wakes from inside the driver's turn need no other worker: their thread looks next.
///    Schedule against stop: `stopping_` is under the lock, and the task is dropped then; its
///    future is in the owned list.
/// 7. Stress test: runtime_stress_test.
#pragma once

#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/base/result.hpp"

#include "sched/os_thread.hpp"
#include "sched/parker.hpp"
#include "sched/run_queue.hpp"
#include "sched/scheduler.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace edo::inline v0::detail {

class multi_thread final : public scheduler {
 public:
  struct options {
    std::size_t workers = 1;
    unsigned event_interval = 61;
    os_thread::options thread;
  };

  multi_thread(ref_ptr<parker> sleeper, thread_environment& environment, options how);
  ~multi_thread() override;

  /// Starts the workers. Errors: a thread that cannot be created; `request_shutdown` and
  /// `await_shutdown` then end those that were.
  [[nodiscard]] result<void> start();

  void schedule(task_header& task) noexcept override;
  void reschedule(task_header& task, bool gave_turn) noexcept override;
  void block_on(root_poll& root) override;
  void request_shutdown() noexcept override;
  [[nodiscard]] std::size_t await_shutdown(std::int64_t deadline_ns) noexcept override;
  void abandon() noexcept override;
  [[nodiscard]] bool give_core() noexcept override;
  void regain_core() noexcept override;
  [[nodiscard]] bool can_give_core() const noexcept override { return true; }

 private:
  struct core {
    run_queue yielded;  // queued again after the next turn of the driver
    unsigned polls_since_turn = 0;
  };
  struct worker;
  enum class wake_target : unsigned char { nobody, idle, driver };

  /// How long a shutdown leaves the destruction of tasks to the workers alone.
  static constexpr std::int64_t help_after_ns = 10'000'000;

  static void thread_entry(void* self) noexcept;
  static void spare_entry(void* self) noexcept;

  void work_on_this_thread(bool spare) noexcept;
  void work(worker& self) noexcept;
  [[nodiscard]] bool wait_until_ended(std::int64_t deadline_ns) noexcept;
  void work_until_stop(worker& self) noexcept;
  [[nodiscard]] task_header* next_task(worker& self) noexcept;
  void driver_turn(worker& self) noexcept;
  void sleep(worker& self) noexcept EDO_REQUIRES(lock_);
  void found_work(worker& self) noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] bool take_spare_core(worker& self) noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] wake_target promise_wake() noexcept EDO_REQUIRES(lock_);
  void keep_promise(wake_target target) noexcept;
  void drain_queue() noexcept;
  [[nodiscard]] worker* this_worker() const noexcept;

  // immutable after construction
  const ref_ptr<parker> parker_;
  thread_environment& environment_;
  const options options_;
  std::vector<std::unique_ptr<core>> cores_;

  // the thread that builds and the one that shuts down
  std::vector<os_thread> threads_;

  // guarded by lock_
  raw_mutex lock_;
  run_queue queue_ EDO_GUARDED_BY(lock_);
  std::vector<core*> spare_cores_ EDO_GUARDED_BY(lock_);
  unsigned idle_ EDO_GUARDED_BY(lock_) = 0;      // waiting, and not promised a wake
  unsigned promised_ EDO_GUARDED_BY(lock_) = 0;  // wakes for those who wait
  unsigned searching_ EDO_GUARDED_BY(lock_) = 0;
  worker* driver_sleeper_ EDO_GUARDED_BY(lock_) = nullptr;  // and is not promised a wake
  bool stopping_ EDO_GUARDED_BY(lock_) = false;
  std::size_t threads_alive_ EDO_GUARDED_BY(lock_) = 0;  // started here
  std::size_t spares_alive_ EDO_GUARDED_BY(lock_) = 0;   // lent by the environment
  raw_condition work_or_stop_;
  raw_condition all_ended_;
};

}  // namespace edo::inline v0::detail
