/// Runs tasks on the thread that is in `block_on`.
///
/// 1. One *core* holds what is runnable. Of the threads in `block_on`, one has the core: it runs
///    tasks and drives the parker. The others sleep on a condition until their own future is woken
///    or the core is free. Any thread wakes tasks.
/// 2. State: `core_taken_`, `closed_` and the condition under `lock_`; `stop_` is a hint that may
///    be read without it.
/// 3.     free --block_on--> taken --its future is ready--> free (one waiting thread is told)
///          |                  |
///          |                  +-- stop seen: destroys the tasks --> closed, free
///          +-- await_shutdown: takes it, destroys the tasks ------> closed, free
/// 4. `core_` belongs to the thread that has taken it; `injected_` is guarded by `lock_`. A thread
///    knows that it has the core by `thread_state::scheduler`, so wakes from inside polls need no
///    lock.
/// 5. INV-1 A task that was scheduled is seen before the thread with the core sleeps: a wake pushes
///          first and unparks then; that thread looks at the queues first and parks then, and an
///          unpark is never lost.
///    INV-2 While threads wait in `block_on`, one has the core, or one of them has been told to
///          take it: a waiting thread that wakes up takes a free core before it looks at its own
///          future.
///    INV-3 A task that gave its turn away is not queued again before the next turn of the driver.
/// 6. Races. A wake against shutdown: `closed_` is set under the lock, and the task is dropped
///    then; its future has been destroyed, or is in the owned list that is. Root woken against its
///    sleep: the flag is set first, and read under the lock that the notification takes.
/// 7. Stress test: block_on_test, several_threads_share_one_runtime.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"

#include "sched/parker.hpp"
#include "sched/run_queue.hpp"
#include "sched/scheduler.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

class current_thread final : public scheduler {
 public:
  current_thread(ref_ptr<parker> sleeper, unsigned event_interval) noexcept;
  ~current_thread() override;

  void schedule(task_header& task) noexcept override;
  void block_on(root_poll& root) override;
  void request_shutdown() noexcept override;
  [[nodiscard]] std::size_t await_shutdown(std::int64_t deadline_ns) noexcept override;
  void abandon() noexcept override;
  [[nodiscard]] bool give_core() noexcept override { return false; }
  void regain_core() noexcept override {}
  [[nodiscard]] bool can_give_core() const noexcept override { return false; }

  [[nodiscard]] std::size_t core_count() const noexcept override { return 1; }
  [[nodiscard]] const core_counters& counters_of(std::size_t) const noexcept override {
    return counters_;
  }
  [[nodiscard]] std::size_t local_depth(std::size_t) const noexcept override {
    return static_cast<std::size_t>(depth_.get());
  }
  [[nodiscard]] std::size_t injected_depth() const noexcept override;
  [[nodiscard]] std::uint64_t injected_total() const noexcept override {
    return injected_total_.get();
  }

 private:
  struct core {
    run_queue ready;
    run_queue yielded;              // ready after the next turn of the driver
    unsigned polls_since_turn = 0;  // of the driver
    unsigned polls = 0;
    unsigned yielded_count = 0;
    std::int64_t awake_ns = 0;  // the clock when the core was taken, or after its last sleep
  };
  class root_signal;
  class core_scope;

  /// How often the core looks at what other threads have injected while it has tasks of its own.
  /// Tokio's figure, half of the event interval.
  static constexpr unsigned injected_interval = 31;

  [[nodiscard]] bool has_core() const noexcept;
  [[nodiscard]] bool try_take_core() noexcept;
  [[nodiscard]] bool wait_for_core(root_signal& root) noexcept;
  [[nodiscard]] bool release_core() noexcept;

  // the thread with the core
  [[nodiscard]] task_header* next_task() noexcept;
  void take_injected() noexcept;
  void push_ready(task_header& task) noexcept;
  void sleep(const root_signal& root) noexcept;
  void run_tasks(const root_signal& root) noexcept;
  void turn(const root_signal& root, bool root_gave_turn) noexcept;
  void destroy_tasks() noexcept;

  // immutable after construction
  const ref_ptr<parker> parker_;
  const unsigned event_interval_;

  // the thread with the core
  core core_;

  // the thread with the core writes, any thread reads
  core_counters counters_;
  counter depth_;  // of core_.ready

  // any thread, atomic
  counter injected_total_;  // written under lock_
  counter injected_depth_;  // the same
  atomic<bool> stop_{false};
  atomic<bool> has_injected_{false};  // written under lock_; a hint

  // guarded by lock_
  raw_mutex lock_;
  run_queue injected_ EDO_GUARDED_BY(lock_);
  intrusive_list<root_signal> waiting_ EDO_GUARDED_BY(lock_);
  bool core_taken_ EDO_GUARDED_BY(lock_) = false;
  bool closed_ EDO_GUARDED_BY(lock_) = false;  // the tasks have been destroyed
  raw_condition core_free_;
};

}  // namespace edo::inline v0::detail
