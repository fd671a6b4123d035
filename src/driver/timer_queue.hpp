/// The timers of a driver: the seam behind which a wheel for each core can take this one's place.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/lock.hpp"
#include "edo/driver/timer_entry.hpp"
#include "edo/future/context.hpp"

#include "driver/clock.hpp"
#include "driver/park_gate.hpp"
#include "driver/timer_heap.hpp"
#include "driver/wake_batch.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// What a poll of a timer found.
enum class timer_status : std::uint8_t { pending, elapsed, shut_down };

/// One heap under one lock. The lock decides every race: an entry is in the heap, or has been
/// taken out of it together with its waker, and then nobody but its owner touches it. So an entry
/// may be cancelled and destroyed on one thread while another one fires it.
///
/// The owner of an entry (the future) uses `poll`, `reset` and `cancel`, one at a time, from
/// whichever thread it is on. The holder of the driver uses `begin_wait` and `fire`. `shut_down`
/// comes from any thread. No waker is woken, cloned or dropped under the lock.
///
/// Complexity: O(1) to register, O(log n) amortized to fire, cancel and reset. No allocation.
/// A registration costs a system call only if it is earlier than what a sleeping holder waits for.
class timer_queue {
 public:
  timer_queue(const clock_source& clock, park_gate& gate) noexcept : clock_(clock), gate_(gate) {}
  timer_queue(const timer_queue&) = delete;
  timer_queue& operator=(const timer_queue&) = delete;

  /// Elapsed if the deadline is here; else registers the entry (or the new waker of an entry that
  /// is), to be woken when it comes, never before.
  [[nodiscard]] timer_status poll(timer_entry& entry, context& cx) noexcept;

  /// Sets another deadline, in any phase. A registered entry stays registered with its waker, and
  /// fires at once if the deadline has passed; one that has fired waits for its next poll.
  void reset(timer_entry& entry, std::int64_t deadline_ns) noexcept;

  /// The queue forgets the entry. Must be called before a registered entry dies.
  void cancel(timer_entry& entry) noexcept;

  /// The holder is going to wait: until when at most (`never_ns`: there is no timer). Until the
  /// next `fire`, an earlier deadline unparks it. Before `park_gate::enter`.
  [[nodiscard]] std::int64_t begin_wait() noexcept;

  /// Takes out all that is due at `now_ns` and gives the wakers to `batch`, waking it between.
  void fire(std::int64_t now_ns, wake_batch& batch) noexcept;

  /// False only if no timer is registered; a moment's view. Any thread.
  [[nodiscard]] bool has_timers() const noexcept {
    // relaxed: whoever registers one next is seen by the next turn.
    return has_timers_.load(memory_order_relaxed);
  }

  /// Wakes all who wait; polls then give `shut_down`. Again: nothing.
  void shut_down(wake_batch& batch) noexcept;

 private:
  // Below every deadline: nobody waits for a timer to come.
  static constexpr std::int64_t not_waiting = INT64_MIN;

  [[nodiscard]] timer_status enlist(timer_entry& entry, context& cx) noexcept;
  void note_change() noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] bool must_unpark(std::int64_t deadline_ns) noexcept EDO_REQUIRES(lock_);

  // immutable after construction
  const clock_source& clock_;
  park_gate& gate_;

  raw_mutex lock_;
  timer_heap heap_ EDO_GUARDED_BY(lock_);
  std::int64_t waiting_until_ns_ EDO_GUARDED_BY(lock_) = not_waiting;
  bool shut_ EDO_GUARDED_BY(lock_) = false;

  // any thread, atomic: written under lock_
  atomic<bool> has_timers_{false};
};

}  // namespace edo::inline v0::detail
