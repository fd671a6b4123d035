#include "driver/timer_queue.hpp"

#include <utility>

namespace edo::inline v0::detail {

timer_status timer_queue::poll(timer_entry& entry, context& cx) noexcept {
  if (!entry.registered_) return enlist(entry, cx);
  waker fresh;
  for (;;) {
    raw_guard guard(lock_);
    if (entry.phase_ != timer_entry::phase::armed) {
      entry.registered_ = false;
      return entry.phase_ == timer_entry::phase::fired ? timer_status::elapsed
                                                       : timer_status::shut_down;
    }
    if (entry.waker_.will_wake(cx.waker())) return timer_status::pending;
    if (!fresh.empty()) {
      entry.waker_.swap(fresh);  // the old one is dropped after the lock
      return timer_status::pending;
    }
    guard.unlock();
    fresh = keep(cx.waker());
  }
}

timer_status timer_queue::enlist(timer_entry& entry, context& cx) noexcept {
  const bool is_due = entry.deadline_ns_ != never_ns && entry.deadline_ns_ <= clock_.now_ns();
  waker fresh;
  if (!is_due) fresh = keep(cx.waker());
  bool unpark = false;
  {
    const raw_guard guard(lock_);
    if (shut_) return timer_status::shut_down;
    if (is_due) return timer_status::elapsed;
    entry.phase_ = timer_entry::phase::armed;
    entry.waker_.swap(fresh);
    entry.registered_ = true;
    heap_.push(entry);
    note_change();
    unpark = must_unpark(entry.deadline_ns_);
  }
  if (unpark) gate_.unpark();
  return timer_status::pending;
}

void timer_queue::reset(timer_entry& entry, std::int64_t deadline_ns) noexcept {
  if (!entry.registered_) {
    entry.deadline_ns_ = deadline_ns;
    return;
  }
  bool unpark = false;
  {
    const raw_guard guard(lock_);
    if (entry.phase_ == timer_entry::phase::armed) {
      heap_.erase(entry);
      entry.deadline_ns_ = deadline_ns;
      heap_.push(entry);
      unpark = must_unpark(deadline_ns);
    } else {
      // Its waker has been taken: the owner's poll is due anyway, and registers again.
      entry.deadline_ns_ = deadline_ns;
      entry.registered_ = false;
    }
  }
  if (unpark) gate_.unpark();
}

void timer_queue::cancel(timer_entry& entry) noexcept {
  if (!entry.registered_) return;
  waker dropped;  // after the lock
  const raw_guard guard(lock_);
  if (entry.phase_ == timer_entry::phase::armed) {
    heap_.erase(entry);
    note_change();
    entry.waker_.swap(dropped);
  }
  entry.registered_ = false;
}

void timer_queue::note_change() noexcept {
  const bool any = heap_.first() != nullptr;
  // relaxed, both: written under the lock, read as a hint.
  if (has_timers_.load(memory_order_relaxed) != any) {
    has_timers_.store(any, memory_order_relaxed);
  }
}

bool timer_queue::must_unpark(std::int64_t deadline_ns) noexcept {
  if (deadline_ns >= waiting_until_ns_) return false;
  waiting_until_ns_ = deadline_ns;  // the next one has to be earlier still
  return true;
}

std::int64_t timer_queue::begin_wait() noexcept {
  const raw_guard guard(lock_);
  const timer_entry* first = heap_.first();
  waiting_until_ns_ = first != nullptr ? first->deadline_ns_ : never_ns;
  return waiting_until_ns_;
}

void timer_queue::fire(std::int64_t now_ns, wake_batch& batch) noexcept {
  raw_guard guard(lock_);
  waiting_until_ns_ = not_waiting;
  for (;;) {
    timer_entry* first = heap_.first();
    if (first == nullptr || first->deadline_ns_ > now_ns) return;
    if (first->deadline_ns_ == never_ns) return;
    if (batch.is_full()) {
      guard.unlock();
      batch.wake_all();
      guard.lock();
      continue;  // the heap may be another by now
    }
    heap_.erase(*first);
    note_change();
    first->phase_ = timer_entry::phase::fired;
    batch.push(std::move(first->waker_));
  }
}

void timer_queue::shut_down(wake_batch& batch) noexcept {
  raw_guard guard(lock_);
  shut_ = true;
  while (heap_.first() != nullptr) {
    if (batch.is_full()) {
      guard.unlock();
      batch.wake_all();
      guard.lock();
      continue;
    }
    timer_entry* entry = heap_.pop();
    note_change();
    entry->phase_ = timer_entry::phase::shut_down;
    batch.push(std::move(entry->waker_));
  }
}

}  // namespace edo::inline v0::detail
