/// The signals of the process: one handler, one descriptor, any number of drivers and waiters.
///
/// 1. A signal's disposition belongs to the process, so this is the one place of edo with state of
///    the process. The handler runs on any thread at any moment; drivers of several runtimes watch
///    one eventfd; futures on any threads wait.
/// 2. For each signal: `pending`, set by the handler; `count`, how often it has come (coalesced),
///    under the lock. The eventfd says "some `pending` is set"; being edge-triggered it need not be
///    read, and each write reaches every driver that watches it.
/// 3.     handler                     pending = true, write(eventfd)
///        each driver that watches    `deliver`: for each `pending` taken back: count += 1, and its
///                                    waiters are unlinked and woken
///        waiter                      ready when `count` differs from what it saw when it began to
///                                    wait
/// 4. Fields: pending, descriptor: atomic, any thread and the handler. counts, waiters, installed:
///    under the lock, never touched by the handler. Earlier handlers: written before ours is
///    installed, immutable from then on.
/// 5. INV-1 No signal is lost: the handler sets `pending` before it writes, and a driver takes it
///          back after the write has reached it.
///    INV-2 Whoever delivers does so for all runtimes: one that stands still or dies holds up
///          nobody.
///    INV-3 The handler calls what POSIX allows it (write), keeps errno, allocates and locks
///          nothing.
/// 6. Races. Two drivers deliver at once: the exchange of `pending` decides who counts. A waiter
///    that comes meanwhile: the lock decides.
/// 7. Tests: ctrl_c_test.
#pragma once

#include "edo/base/lock.hpp"
#include "edo/base/result.hpp"
#include "edo/driver/signal_waiter.hpp"
#include "edo/future/context.hpp"

#include "driver/wake_batch.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class driver;

/// What a poll of a signal found.
enum class signal_status : std::uint8_t { pending, arrived, shut_down };

/// The process's only instance is `signal_hub::instance()`; it is never destroyed.
///
/// **Chaining.** A handler that the program had installed before edo's is called after edo has
/// taken note. The default action (SIGINT ends the process) and "ignore" are replaced for the
/// rest of the process: edo's handler stays when the last waiter has gone, as Tokio's does, for
/// a program that once asked for Ctrl-C must not die of one between two waits.
///
/// Threads: any. Allocation: none.
class signal_hub {
 public:
  constexpr signal_hub() noexcept = default;
  signal_hub(const signal_hub&) = delete;
  signal_hub& operator=(const signal_hub&) = delete;

  [[nodiscard]] static signal_hub& instance() noexcept;

  /// The descriptor that becomes readable, edge-triggered, when a signal has come; made when first
  /// asked for. Errors: `EMFILE`, `ENFILE`, `ENOMEM`.
  [[nodiscard]] result<int> descriptor() noexcept;

  /// Makes the signal come here instead of to its present disposition; again: nothing.
  /// Errors: what sigaction says (`EINVAL`: SIGKILL, SIGSTOP, no such signal).
  [[nodiscard]] result<void> install(int number) noexcept;

  /// How often it has come, modulo 2^32: what a waiter must have seen to wait for the next.
  [[nodiscard]] std::uint32_t count(int number) noexcept;

  /// A driver saw the descriptor readable: counts and wakes.
  void deliver(wake_batch& batch) noexcept;

  /// Arrived if the signal came since the waiter was made; else leaves the waker, to be woken by
  /// any driver that delivers, or when `owner` shuts down.
  [[nodiscard]] signal_status poll(signal_waiter& waiter,
                                   const driver& owner,
                                   context& cx) noexcept;

  /// The waiter leaves. Must be called before a registered one dies.
  void cancel(signal_waiter& waiter) noexcept;

  /// Wakes the waiters of a driver that has shut down.
  void wake_waiters_of(const driver& owner, wake_batch& batch) noexcept;

 private:
  // Linux has signals 1 to 64.
  static constexpr int signal_end = 65;

  using waiter_list = intrusive_list<signal_waiter>;

  [[nodiscard]] waiter_list& waiters() noexcept EDO_REQUIRES(lock_);
  template <class Wanted>
  void take_waiters(Wanted wanted, wake_batch& batch) noexcept;

  raw_mutex lock_;
  std::uint32_t counts_[signal_end] EDO_GUARDED_BY(lock_) = {};
  bool installed_[signal_end] EDO_GUARDED_BY(lock_) = {};
  // Made when first used, in place: a list points to itself, so it is no constant.
  alignas(waiter_list) unsigned char storage_[sizeof(waiter_list)] EDO_GUARDED_BY(lock_) = {};
  waiter_list* waiters_ EDO_GUARDED_BY(lock_) = nullptr;
};

}  // namespace edo::inline v0::detail
