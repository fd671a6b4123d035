/// Runs tasks on worker threads that steal from each other.
///
/// 1. PURPOSE. A *worker* is a thread that can run tasks; a *core* (core.hpp) is what lets it: the
///    queues. There are as many cores as the runtime has workers. A worker holds a core while it
///    polls, by a lease (lease.hpp), and gives it away before it blocks (`give_core`); another
///    thread takes it up. Any thread schedules.
/// 2. WHERE A TASK WAITS.
///      woken by a poll           the LIFO slot of the poll's core; what was there, behind its ring
///      woken by itself           behind the ring of its core
///      woken by the driver       behind the ring of the core whose worker drives
///      yielded, budget spent     the core's `yielded`, behind its ring after the driver's turn
///      woken from elsewhere      the injection queue (inject_queue.hpp)
///      ring full                 the core's `backlog`, from which the ring is filled again
/// 3. WHAT A WORKER DOES, in this order: at each 61st poll, a turn of the driver; at each
///    `injection interval`, a batch from the injection queue; the LIFO slot, at most three times
///    in a row; its ring; its backlog; the yielded tasks, after a turn; the injection queue; half
///    of another core's ring; another's LIFO slot; sleep, in the driver if nobody drives, else on
///    its core's word.
/// 4. WHO IS WOKEN (idle_set.hpp). A push into the injection queue wakes a sleeper unless a worker
///    searches. A push into a ring does so only if what waits there is worth more than a wake:
///    length of the ring × mean time of a poll of late ≥ `wake_worth_ns`. The LIFO slot wakes
///    nobody: its worker runs it next; those who search find it.
///    A mean tells nothing of the poll that begins now, which may block, and a busy worker does not
///    drive. So while workers are awake one sleeper *watches*: it sleeps for `watch_period_ns` at
///    most, looks around, and takes the driver if it is free. A worker that falls asleep while
///    others are awake takes the role if nobody has it; a wake that is left out, and a worker that
///    leaves the driver with work, wake a sleeper for it. A watcher gives it up when it finds work,
///    or when nothing was polled for `watch_looks_max` looks.
/// 5. FIELDS. Cores: as core.hpp says. `spare_cores_`, thread counts: under `lock_`. `stop_`: any
///    thread. The injection queue, the idle set, the parker: their own rules.
/// 6. INVARIANTS.
///    INV-1  A runnable task's reference is in one queue, or with the worker that runs it.
///    INV-2  A worker sleeps only with empty queues of its own; see idle_set.hpp for the rest.
///    INV-3  A task that gave its turn away is not queued before the driver has had a turn.
///    INV-4  Between two polls of a task that is queued, or two looks into the injection queue by a
///           busy worker, lie at most so many polls as stand before it, times `lifo_uses_max` + 1.
///    INV-5  A busy worker gives the driver a turn every `event_interval` polls.
/// 7. RACES. Schedule against stop: a task that reaches a queue after its worker has drained it
///    cannot be: a worker drains its core when it has let go of it, and from then on its pushes go
///    to the injection queue, which is closed. Its future is destroyed through
///    the owned list.
/// 8. MODEL TEST: with the model checker. Until then multi_thread_test, runtime_stress_test.
#pragma once

#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/base/result.hpp"

#include "sched/core.hpp"
#include "sched/idle_set.hpp"
#include "sched/inject_queue.hpp"
#include "sched/lease.hpp"
#include "sched/os_thread.hpp"
#include "sched/parker.hpp"
#include "sched/scheduler.hpp"
#include "sched/watch_role.hpp"
#include "task/thread_state.hpp"

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
    unsigned injection_interval = 0;  ///< 0: tuned by the mean time of a poll.
    std::uint64_t seed = 1;           ///< Of the order in which workers look at each other.
  };

  multi_thread(ref_ptr<parker> sleeper, thread_environment& environment, options how);
  ~multi_thread() override;

  /// Starts the workers. Errors: a thread that cannot be created; `request_shutdown` and
  /// `await_shutdown` then end those that were.
  [[nodiscard]] result<void> start();

  void schedule(task_header& task) noexcept override;
  void block_on(root_poll& root) override;
  void request_shutdown() noexcept override;
  [[nodiscard]] std::size_t await_shutdown(std::int64_t deadline_ns) noexcept override;
  void abandon() noexcept override;
  [[nodiscard]] bool give_core() noexcept override;
  void regain_core() noexcept override;
  [[nodiscard]] bool can_give_core() const noexcept override { return true; }

  [[nodiscard]] std::size_t core_count() const noexcept override { return cores_.size(); }
  [[nodiscard]] const core_counters& counters_of(std::size_t core) const noexcept override {
    return cores_[core]->counters;
  }
  [[nodiscard]] std::size_t local_depth(std::size_t core) const noexcept override;
  [[nodiscard]] std::size_t injected_depth() const noexcept override { return injected_.size(); }
  [[nodiscard]] std::uint64_t injected_total() const noexcept override {
    return injected_.pushed();
  }

 private:
  struct worker;

  /// What a wake of another thread costs both sides, roughly: a futex and a switch.
  static constexpr std::int64_t wake_worth_ns = 10'000;
  /// How long a task may wait behind a poll that takes unusually long, while a worker sleeps.
  static constexpr std::int64_t watch_period_ns = 5'000'000;
  /// Ten looks, 50 ms without a poll: the runtime is idle, and shall not cost a wake-up.
  static constexpr unsigned watch_looks_max = 10;
  /// How long a task may wait in the injection queue of busy workers, roughly. Tokio's figure.
  static constexpr std::int64_t injection_target_ns = 200'000;
  static constexpr std::int64_t injection_interval_min = 8;
  static constexpr std::int64_t injection_interval_max = 127;
  /// How many tasks a worker takes out of the injection queue at once.
  static constexpr std::size_t injection_batch = core::ring_size / 2;
  /// How long a shutdown leaves the destruction of tasks to the workers alone.
  static constexpr std::int64_t help_after_ns = 10'000'000;

  static void thread_entry(void* self) noexcept;
  static void spare_entry(void* self) noexcept;

  // a worker's own
  void work_on_this_thread(bool spare) noexcept;
  void work(worker& self) noexcept;
  void work_until_stop(worker& self) noexcept;
  void run_one(worker& self, thread_state& thread, task_header& task) noexcept;
  [[nodiscard]] task_header* next_task(worker& self) noexcept;
  [[nodiscard]] task_header* look_around(worker& self) noexcept;
  [[nodiscard]] task_header* steal(core& thief) noexcept;
  [[nodiscard]] bool take_injected(core& c) noexcept;
  void found_work(worker& self) noexcept;
  [[nodiscard]] bool goes_on_watching(worker& self) noexcept;
  [[nodiscard]] std::uint64_t polls_of_all() const noexcept;
  void turn(worker& self) noexcept;
  void measure(core& c) noexcept;
  void sleep(worker& self) noexcept;
  [[nodiscard]] bool attach_spare_core(worker& self) noexcept;
  [[nodiscard]] worker* this_worker() const noexcept;

  // any thread
  void inject(task_header& task) noexcept;
  void wake_one() noexcept;
  void wake_for(const core& c) noexcept;
  void want_watch() noexcept;
  [[nodiscard]] bool stops() const noexcept;
  [[nodiscard]] bool wait_until_ended(std::int64_t deadline_ns) noexcept;

  // immutable after construction
  const ref_ptr<parker> parker_;
  thread_environment& environment_;
  const options options_;
  std::vector<std::unique_ptr<core>> cores_;

  // the thread that builds and the one that shuts down
  std::vector<os_thread> threads_;

  // any thread, each with its own rules
  alignas(cache_line) inject_queue injected_;
  idle_set idle_;
  alignas(cache_line) atomic<unsigned> wake_depth_{1};  // a ring this long is worth a wake
  watch_role watch_;
  atomic<bool> stop_{false};

  // guarded by lock_
  raw_mutex lock_;
  std::vector<core*> spare_cores_ EDO_GUARDED_BY(lock_);
  std::size_t threads_alive_ EDO_GUARDED_BY(lock_) = 0;  // started here
  std::size_t spares_alive_ EDO_GUARDED_BY(lock_) = 0;   // lent by the environment
  raw_condition all_ended_;
};

}  // namespace edo::inline v0::detail
