#include "net/descriptor_relief.hpp"

#include <utility>

namespace edo::inline v0::detail {

std::uint64_t descriptor_relief::ticket() const noexcept {
  // acquire: pairs with the release in released(); a call made after this sees the closed socket.
  return word_.load(memory_order_acquire) / one_release;
}

/// False: the count has moved on since `ticket` (INV-1).
bool descriptor_relief::mark_waiting(std::uint64_t ticket) noexcept {
  std::uint64_t seen = ticket * one_release;
  // acquire on failure: as in ticket(). Success needs no order (the list is published by lock_, and
  // the word alone decides which of `released` and this comes first), but none may be the weaker.
  return word_.compare_exchange_strong(seen, seen | waiting, memory_order_acquire) ||
         seen == (ticket * one_release | waiting);
}

bool descriptor_relief::enlist(relief_waiter& waiter,
                               std::uint64_t ticket,
                               const waker& woken) noexcept {
  waker fresh = woken;  // destroyed after the lock (INV-2), with the old waker in it
  waker dropped;        // the same
  const raw_guard guard(lock_);
  if (!mark_waiting(ticket)) {
    if (waiter.is_linked()) unlink(waiter);
    waiter.waker_.swap(dropped);
    waiter.enlisted_ = false;
    return false;
  }
  waiter.waker_.swap(fresh);
  if (!waiter.is_linked()) waiters_.push_back(waiter);
  waiter.enlisted_ = true;
  return true;
}

void descriptor_relief::leave(relief_waiter& waiter) noexcept {
  if (!std::exchange(waiter.enlisted_, false)) return;
  waker dropped;  // after the lock (INV-2)
  const raw_guard guard(lock_);
  if (waiter.is_linked()) unlink(waiter);
  waiter.waker_.swap(dropped);
}

void descriptor_relief::unlink(relief_waiter& waiter) noexcept {
  waiters_.erase(waiter);
  // relaxed: bit 0 only says whether to take lock_, which orders everything else.
  if (waiters_.empty()) word_.fetch_and(~waiting, memory_order_relaxed);
}

void descriptor_relief::released() noexcept {
  // release: pairs with the acquire in ticket() and mark_waiting().
  const std::uint64_t before = word_.fetch_add(one_release, memory_order_release);
  if ((before & waiting) == 0) return;
  // Those who enlist from now on wait for the next release: the loop ends.
  intrusive_list<relief_waiter> taken;
  bool is_first = true;
  bool more = true;
  while (more) {
    wake_batch batch;  // wakes when it goes, after the lock
    const raw_guard guard(lock_);
    if (std::exchange(is_first, false)) {
      taken.splice_back(waiters_);
      // relaxed: as in unlink().
      word_.fetch_and(~waiting, memory_order_relaxed);
    }
    while (!batch.is_full() && !taken.empty()) batch.push(std::move(taken.pop_front()->waker_));
    more = !taken.empty();
  }
}

descriptor_relief& process_relief() noexcept {
  union forever {  // sockets may be closed while the program ends
    descriptor_relief relief;
    constexpr forever() noexcept : relief() {}
    ~forever() {}
  };
  static constinit forever kept;
  return kept.relief;
}

}  // namespace edo::inline v0::detail
