/// What one descriptor is ready for, and who waits for it.
///
/// 1. Purpose. The holder of the driver reports events (`set_ready`); futures on any threads poll
///    and clear; the owner of the registration opens and closes; a shutdown reports to all.
/// 2. The word:
///      bits 0-7    what the descriptor is ready for (`ready_state`'s bits). Set by events alone;
///                  cleared by whoever found that the system call would block
///      bits 8-31   tick: counts events, modulo 2^24. A clear names the tick that it saw
///      bits 32-63  generation: odd while a descriptor owns the place, even while it is free.
///                  An event names the generation that it is for
/// 3.                       event (same generation): bits |= b, tick += 1
///                               +--------------+
///                               v              |
///      free --open--> open, not ready --event--> ready --clear (same tick)--> not ready
///        ^                |                        |
///        +---- close -----+------------------------+     each of them: generation += 1
/// 4. Fields. word_: any thread, atomic. wakers_ and waiters_: guarded by lock_.
///    next_free_: the table's, under its lock, while the place is free.
/// 5. INV-1 A clear never loses a newer event: it changes the word only if the tick is the one
///          seen before the system call; any event since then has another.
///    INV-2 No wake is lost: an event sets the word, then takes wakers under the lock; a poller
///          looks at the word and leaves its waker in one section under the lock. If that section
///          is the later one it sees the word, else the event finds the waker.
///    INV-3 An event for a descriptor that is gone changes nothing: its generation is over.
///    INV-4 A waker is taken out before it is woken, and woken, cloned and dropped outside lock_.
/// 6. Races. close against an event: the event's exchange fails or is overwritten; if the place
///    has a new owner when the event gets to the lock, that one is woken for nothing, which is
///    allowed. A wrapped tick: 2^24 events of one descriptor within one system call of a reader.
///    A waiter destroyed against an event: the lock decides; taken out means not linked.
/// 7. Model test: readiness (with the model checker); until then driver_stress_test.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"
#include "edo/driver/io_waiter.hpp"
#include "edo/driver/registration.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

#include "driver/wake_batch.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// The bits that end a wait for `direction`.
[[nodiscard]] constexpr std::uint32_t awaited_bits(io_direction direction) noexcept {
  return ready_state::shut_down |
         (direction == io_direction::read ? ready_state::readable | ready_state::read_closed
                                          : ready_state::writable | ready_state::write_closed);
}

/// One place of the driver's table. Its memory stays valid as long as the driver.
class readiness {
 public:
  readiness() noexcept = default;
  readiness(const readiness&) = delete;
  readiness& operator=(const readiness&) = delete;

  // --- the table, with the place in its hands ---

  /// A descriptor takes the place. Returns the generation for its event key.
  std::uint32_t open(std::uint32_t slot) noexcept;

  /// The descriptor is gone: forgets all wakers; whoever still waits is unlinked and woken.
  void close() noexcept;

  // --- the driver ---

  /// An event of `generation`: sets `bits`, and gives the wakers concerned to `batch`, waking it
  /// when it is full. False: the event was stale.
  bool set_ready(std::uint32_t generation, std::uint32_t bits, wake_batch& batch) noexcept;

  /// As an event of the current generation, if there is one: nothing will ever come again.
  void shut_down(wake_batch& batch) noexcept;

  // --- the users of the descriptor ---

  /// As `registration::poll_ready`. `ready_state::shut_down` tells that the driver is gone.
  [[nodiscard]] poll_result<ready_state> poll(io_waiter& waiter,
                                              io_direction direction,
                                              context& cx) noexcept;
  [[nodiscard]] poll_result<ready_state> poll(io_direction direction, context& cx) noexcept;

  /// Takes `bits` out of the word, unless an event has come since `seen` (INV-1).
  void clear(std::uint32_t bits, ready_state seen) noexcept;

  /// A waiter that may be linked leaves.
  void unlink(io_waiter& waiter) noexcept;

  [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }
  [[nodiscard]] std::uint32_t generation() const noexcept;

  /// The table's: the next free place.
  std::uint32_t next_free = 0;

 private:
  [[nodiscard]] ready_state state() const noexcept;
  void take_wakers(std::uint32_t bits, wake_batch& batch) noexcept;
  [[nodiscard]] bool take_some(std::uint32_t bits, wake_batch& batch) noexcept EDO_REQUIRES(lock_);

  // any thread, atomic
  atomic<std::uint64_t> word_{0};

  // written while the place is free
  std::uint32_t slot_ = 0;

  raw_mutex lock_;
  waker wakers_[2] EDO_GUARDED_BY(lock_);
  intrusive_list<io_waiter> waiters_ EDO_GUARDED_BY(lock_);
};

}  // namespace edo::inline v0::detail
