#include "sched/idle_set.hpp"

#include <algorithm>

namespace edo::inline v0::detail {

idle_set::idle_set(unsigned workers) : workers_(workers), word_(workers * awake_one) {
  sleepers_.reserve(workers);
}

core* idle_set::choose() noexcept {
  // seq_cst: the pusher's half of 6.
  if (!may_choose(word_.load(memory_order_seq_cst))) return nullptr;
  const raw_guard guard(lock_);
  // relaxed: the first load was the one that counts; sleepers_ and the lock decide the rest.
  if (searching_of(word_.load(memory_order_relaxed)) != 0 || sleepers_.empty()) return nullptr;
  core* chosen = sleepers_.back();
  sleepers_.pop_back();
  // seq_cst: every change of the word is, so that 6 may argue by one order.
  word_.fetch_add(awake_one + searching_one, memory_order_seq_cst);
  return chosen;
}

bool idle_set::begin_search() noexcept {
  // relaxed: a bound that may be missed by a few.
  if (2 * searching() >= workers_ && searching() != 0) return false;
  // seq_cst: as in choose().
  word_.fetch_add(searching_one, memory_order_seq_cst);
  return true;
}

bool idle_set::end_search() noexcept {
  // seq_cst: as in choose(); the look into the injection queue follows.
  return searching_of(word_.fetch_sub(searching_one, memory_order_seq_cst)) == 1;
}

bool idle_set::park(core& c, bool searching, bool drives) noexcept {
  const raw_guard guard(lock_);
  sleepers_.insert(drives ? sleepers_.begin() : sleepers_.end(), &c);
  // seq_cst: the sleeper's half of 6.
  const word before =
      word_.fetch_sub(awake_one + (searching ? searching_one : 0), memory_order_seq_cst);
  return searching && searching_of(before) == 1;
}

bool idle_set::leave(core& c) noexcept {
  const raw_guard guard(lock_);
  const auto it = std::find(sleepers_.begin(), sleepers_.end(), &c);
  if (it == sleepers_.end()) return false;
  sleepers_.erase(it);
  // seq_cst: as in choose().
  word_.fetch_add(awake_one, memory_order_seq_cst);
  return true;
}

}  // namespace edo::inline v0::detail
