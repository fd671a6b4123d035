/// The tasks of a `local_set`: polled and destroyed on one thread, woken from any.
///
/// 1. PURPOSE. The home thread, the one that made the set, spawns, polls and ends. It polls the
///    tasks inside the polls of *drivers*: futures that stand for the set in a task or in a root.
///    Any thread schedules a task (a wake or an abort).
/// 2. STATE. Open, then closed, for ever. A runnable task is in `ready_`, `yielded_` or `remote_`.
/// 3.   home, in a tick:      schedule -> ready_
///      home, else:           schedule -> ready_, and the drivers are woken
///      any other thread:     schedule -> remote_, and the drivers are woken
///      tick: remote_ -> ready_ -> polled;  gave its turn -> yielded_ -> ready_ after the tick
/// 4. FIELDS. remote_, the lists of drivers and closed_: lock_ (the home thread, which alone writes
///    closed_, reads it without). All others: the home thread. Who calls what is checked by the
///    public functions (EDO-E0021), except that a set may be destroyed elsewhere, with a message.
/// 5. INV-1 No wake is lost: a driver leaves its waker under the lock before the tick looks into
///          remote_; a wake pushes before it takes the wakers, under the same lock.
///    INV-2 While a tick runs a wake at home wakes no driver: the tick's end looks into ready_.
///    INV-3 All drivers are woken, not one: whichever is dropped, another one goes on.
///    INV-4 A future is destroyed at home: an abort only schedules.
/// 6. RACES. A wake against the end: closed_ is set under the lock; the reference is dropped then,
///    and the task has been destroyed, or is about to be. A driver destroyed while another thread
///    wakes it: the lock decides, and its waker is taken out before it is woken.
/// 7. TEST: local_set_test, local_set_stress_test; the model with the model checker.
#pragma once

#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/future/context.hpp"
#include "edo/runtime/local_set.hpp"

#include "sched/run_queue.hpp"
#include "task/harness.hpp"
#include "task/owned_list.hpp"
#include "task/scheduler.hpp"

#include <cstddef>
#include <source_location>

namespace edo::inline v0::detail {

class runtime_state;

class local_tasks final : public task_scheduler {
 public:
  /// At home on the calling thread. Its tasks' hooks and policy are those of `runtime`, if given.
  explicit local_tasks(runtime_state* runtime) noexcept;

  // any thread

  void schedule(task_header& task) noexcept override;
  [[nodiscard]] bool release(task_header& task) noexcept override;
  [[nodiscard]] bool is_home() const noexcept;

  // the home thread

  void spawn(task_header& task) noexcept;
  /// Runs what is ready, up to a bound; then `driver` has been registered with `cx`'s waker, and
  /// woken if something is left.
  void tick(local_driver& driver, context& cx) noexcept;
  void remove(local_driver& driver) noexcept;  // any thread
  [[nodiscard]] std::size_t size() const noexcept { return alive_; }
  void end() noexcept;

 private:
  using drivers = intrusive_list<local_driver, local_driver_tag>;

  /// Tokio's figure: after so many polls the driver's own task has its turn.
  static constexpr unsigned tick_max = 61;
  static constexpr unsigned remote_interval = 31;

  [[nodiscard]] task_header* next_task(unsigned polls) noexcept;
  void run(task_header& task, thread_state& thread) noexcept;
  void take_remote() noexcept;
  void wake_drivers() noexcept;

  // immutable
  const thread_state* const home_;
  const ref_ptr<runtime_state> runtime_;  // the owner of the hooks

  // the home thread
  run_queue ready_;
  run_queue yielded_;
  std::size_t alive_ = 0;
  bool ticking_ = false;
  owned_list tasks_;  // any thread, by its own locks

  raw_mutex lock_;
  run_queue remote_ EDO_GUARDED_BY(lock_);
  drivers waiting_ EDO_GUARDED_BY(lock_);
  drivers woken_ EDO_GUARDED_BY(lock_);  // to be woken, by those who told them
  bool closed_ = false;                  // written by home under lock_, read there without
};

}  // namespace edo::inline v0::detail
