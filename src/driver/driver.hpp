/// Turns kernel events and time into wakes: clock, timers, reactor and signals as one parker.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/counter.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/driver/driver_ref.hpp"

#include "driver/clock.hpp"
#include "driver/io_table.hpp"
#include "driver/park_gate.hpp"
#include "driver/reactor.hpp"
#include "driver/timer_queue.hpp"
#include "driver/wake_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace edo::inline v0::detail {

/// What wakes tasks: it knows wakers, never tasks.
///
/// **For schedulers.** The driver is driven by whichever thread holds it:
///
///     if (driver->try_acquire()) {      // one thread at a time; the others wait elsewhere
///       driver->park();                 // or park(deadline), or poll() between two tasks
///       driver->release();
///     }
///
/// - `park()` turns once: it sleeps until an event, the earliest timer, the deadline or an
///   `unpark()`, then wakes whatever is due, and returns. It may return for nothing. The wakers
///   run on the parking thread, outside all locks, before `park` returns: they find the thread's
///   scheduler as it was before the call.
/// - `unpark()` is never lost: one that comes before `park()` makes it return at once (having
///   looked at events and timers, without sleeping). The caller of `park` looks for work after
///   it returns, not only before. An unpark while nobody parks costs one exchange, no system call.
/// - An idle driver uses no CPU: without timers it sleeps for ever, with some until the first.
///   A timer that is registered elsewhere wakes it only if it is earlier than that.
/// - `release()` does not wake anybody: a scheduler whose holder leaves to run tasks should let
///   another idle thread take the driver, or call `poll()` every so many tasks; else events wait.
/// - A thread that must stop parking threads at once sets its own flag, then calls `unpark()`.
///
/// **Lifetime.** Counted: the runtime holds a `std::shared_ptr`, sockets and timers a `driver_ref`.
/// `shutdown()` ends its service while they live on: all who wait are woken; I/O then fails with
/// `errc::runtime_shutdown`, a timer that is polled throws `usage_error`, and `park` does not sleep
/// any more.
///
/// Threads: `try_acquire`, `unpark`, `shutdown` and the accessors from any; `park`, `poll` and
/// `release` by the holder. Nothing here throws, nothing allocates in steady state.
class driver : public ref_counted<driver> {
 public:
  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;
  ~driver();

  /// A driver on the system's reactor. Errors: `EMFILE`, `ENFILE`, `ENOMEM`.
  [[nodiscard]] static result<std::shared_ptr<driver>> make();

  /// A driver on any reactor: for tests, and for the simulator.
  [[nodiscard]] static std::shared_ptr<driver> make(std::unique_ptr<reactor> events);

  /// Takes the right to drive, or tells that another thread has it. Never waits.
  [[nodiscard]] bool try_acquire() noexcept;

  /// Gives the right back.
  void release() noexcept;

  /// Turns once, sleeping as long as nothing happens, at most until `deadline_ns` on `clock()`
  /// (without one: for ever). While the clock is stopped, a deadline ahead never comes by itself.
  /// Returns how many wakers it has woken. Requires the right to drive.
  std::size_t park(std::optional<std::int64_t> deadline_ns = std::nullopt) noexcept;

  /// The same, at most for `timeout_ns` (0 or less: does not sleep).
  std::size_t park_timeout(std::int64_t timeout_ns) noexcept;

  /// Turns once without sleeping; without a system call if no descriptor is registered and no
  /// signal is watched, and without even reading the clock if there is no timer either.
  std::size_t poll() noexcept;

  /// How many events the reactor has reported. Any thread.
  [[nodiscard]] std::uint64_t ready_count() const noexcept { return ready_count_.get(); }

  /// Makes `park` return, now or the next time. Never lost. Any thread, also a signal handler.
  void unpark() noexcept { gate_.unpark(); }

  /// Ends the service: wakes all who wait for I/O, time or signals, and the parked thread.
  /// Any thread, with or without the right to drive; again: nothing.
  void shutdown() noexcept;

  [[nodiscard]] bool is_shutdown() const noexcept;

  [[nodiscard]] clock_source& clock() noexcept { return clock_; }
  [[nodiscard]] timer_queue& timers() noexcept { return timers_; }
  [[nodiscard]] reactor& events() noexcept { return *reactor_; }
  [[nodiscard]] io_table& descriptors() noexcept { return table_; }

  /// Sets a stopped clock forward, and lets a parked thread see it. Any thread.
  void advance_clock(std::int64_t step_ns) noexcept;

  /// From now on the process's signals reach their waiters through this driver (too).
  /// Any thread; again: nothing. Errors: what the system says.
  [[nodiscard]] result<void> watch_signals() noexcept;

 private:
  explicit driver(std::unique_ptr<reactor> events) noexcept;

  [[nodiscard]] std::int64_t sleep_limit_ns(std::int64_t deadline_ns) noexcept;
  void dispatch(const ready_event& event, wake_batch& batch) noexcept;

  // immutable after construction
  std::unique_ptr<reactor> reactor_;

  // any thread, each with a lock or an atomic of its own
  clock_source clock_;
  park_gate gate_;
  timer_queue timers_;
  io_table table_;
  atomic<bool> held_{false};
  atomic<bool> shut_{false};
  atomic<bool> awaits_signals_{false};  // a hint: watches_signals_
  counter ready_count_;                 // written by the holder

  raw_mutex signals_lock_;
  bool watches_signals_ EDO_GUARDED_BY(signals_lock_) = false;

  // the holder's
  ready_event events_[event_batch_max];
};

}  // namespace edo::inline v0::detail
