/// Runnable tasks from threads that hold no core.
///
/// 1. PURPOSE. Any thread pushes, with one compare-exchange and without a lock; workers take
///    batches, one worker at a time.
/// 2. STATE. `pushed_`: a stack linked through the tasks' headers, newest on top; or `closed`.
///    `ready_`: the tasks taken off the stack, oldest first, under the takers' lock.
/// 3.   pushed_ --take, if ready_ is short: the whole stack, turned round--> end of ready_
///      front of ready_ --take--> the worker;   pushed_ --close--> closed
/// 4. A task's link belongs to its pusher until the compare-exchange, then to whoever takes the
///    stack. Nobody takes a single task off the stack, so a top seen twice is no danger (no ABA).
/// 5. INV-1 First in, first out: all of ready_ was pushed before all of pushed_.
///    INV-2 What a pusher wrote before its push is visible to the worker that takes the task.
///    INV-3 After `close` has returned no push succeeds.
/// 6. RACES. Push against a worker that goes to sleep: the pusher pushes, then looks whether
///    somebody sleeps; the worker says that it sleeps, then looks into the queue. All four are
///    seq_cst, so one of them sees the other (idle_set.hpp).
/// 7. MODEL TEST: inject_queue (with the model checker). Until then inject_queue_test.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/cache.hpp"
#include "edo/base/lock.hpp"
#include "edo/task/detail/header.hpp"

#include "sched/run_queue.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

class inject_queue {
 public:
  inject_queue() noexcept = default;
  inject_queue(const inject_queue&) = delete;
  inject_queue& operator=(const inject_queue&) = delete;

  /// Any thread. False: the queue is closed, the reference is still the caller's.
  [[nodiscard]] bool push(task_header& task) noexcept;

  /// True if a take may find something. Any thread.
  [[nodiscard]] bool has_tasks() const noexcept {
    // seq_cst: the worker's half of 6; acquire would let it miss a push that it races with.
    const task_header* top = pushed_.load(memory_order_seq_cst);
    // relaxed: whoever leaves tasks in ready_ is awake and comes back for them.
    return (top != nullptr && top != closed()) || ready_size_.load(memory_order_relaxed) != 0;
  }

  /// Moves tasks to the end of `to`: a share of 1 / `sharers`, at most `max`. Any worker.
  /// Returns how many.
  std::size_t take(run_queue& to, std::size_t sharers, std::size_t max) noexcept;

  /// From now on nothing is pushed; moves what is left to `to`. Any thread; again: nothing.
  void close(run_queue& to) noexcept;

  /// How many tasks have been pushed since the beginning. Any thread.
  [[nodiscard]] std::uint64_t pushed() const noexcept {
    // relaxed: a statistic.
    return pushed_count_.load(memory_order_relaxed);
  }

  /// How many wait. A moment's view.
  [[nodiscard]] std::size_t size() const noexcept {
    // relaxed, both: statistics; a task may be taken before its pusher has counted it.
    const std::uint64_t taken = taken_count_.load(memory_order_relaxed);
    const std::uint64_t count = pushed_count_.load(memory_order_relaxed);
    return count > taken ? static_cast<std::size_t>(count - taken) : 0;
  }

 private:
  // An address that no task has.
  [[nodiscard]] static task_header* closed() noexcept {
    static constinit char mark = 0;
    return reinterpret_cast<task_header*>(&mark);
  }

  void absorb(task_header* top) noexcept EDO_REQUIRES(lock_);

  alignas(cache_line) atomic<task_header*> pushed_{nullptr};  // any thread
  atomic<std::uint64_t> pushed_count_{0};
  alignas(cache_line) raw_mutex lock_;  // takers
  run_queue ready_ EDO_GUARDED_BY(lock_);
  atomic<std::size_t> ready_size_{0};  // written under lock_
  atomic<std::uint64_t> taken_count_{0};
};

}  // namespace edo::inline v0::detail
