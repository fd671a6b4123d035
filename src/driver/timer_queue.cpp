#include "driver/timer_queue.hpp"

#include <utility>

namespace edo::inline v0::detail {

timer_status timer_queue::poll(timer_entry& entry, context& cx) noexcept {
  // Not registered: nobody else knows the entry, and a deadline that is here needs no lock.
  if (!entry.registered_ && entry.deadline_ns_ <= clock_.now_ns()) return timer_status::elapsed;
  return enlist(entry, cx);
}

timer_status timer_queue::enlist(timer_entry& entry, context& cx) noexcept {
  waker fresh = cx.waker();  // cloned outside the lock; what it replaces is dropped outside too
  const std::int64_t now = clock_.now_ns();
  bool earlier = false;
  {
    const raw_guard guard(lock_);
    if (shut_ || (entry.registered_ && entry.phase_ == timer_entry::phase::shut_down)) {
      entry.registered_ = false;  // a shutdown has taken every entry out
      return timer_status::shut_down;
    }
    const bool armed = entry.registered_ && entry.phase_ == timer_entry::phase::armed;
    if (entry.deadline_ns_ <= now) {
      if (armed) heap_.erase(entry);
      entry.registered_ = false;
      std::swap(entry.waker_, fresh);
      return timer_status::elapsed;
    }
    std::swap(entry.waker_, fresh);
    if (armed) return timer_status::pending;
    entry.phase_ = timer_entry::phase::armed;
    entry.registered_ = true;
    heap_.push(entry);
    earlier = must_unpark(entry.deadline_ns_);
  }
  if (earlier) gate_.unpark();
  return timer_status::pending;
}

void timer_queue::reset(timer_entry& entry, std::int64_t deadline_ns) noexcept {
  if (!entry.registered_) {
    entry.deadline_ns_ = deadline_ns;
    return;
  }
  bool earlier = false;
  {
    const raw_guard guard(lock_);
    const bool armed = entry.phase_ == timer_entry::phase::armed;
    if (armed) heap_.erase(entry);
    entry.deadline_ns_ = deadline_ns;
    if (armed) {
      heap_.push(entry);
      earlier = must_unpark(deadline_ns);
    }
  }
  if (earlier) gate_.unpark();
}

void timer_queue::cancel(timer_entry& entry) noexcept {
  if (!entry.registered_) return;
  waker dropped;  // outside the lock
  {
    const raw_guard guard(lock_);
    if (entry.phase_ == timer_entry::phase::armed) heap_.erase(entry);
    entry.registered_ = false;
    dropped = std::move(entry.waker_);
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
    if (batch.is_full()) {
      guard.unlock();
      batch.wake_all();
      guard.lock();
      continue;
    }
    heap_.erase(*first);
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
    entry->phase_ = timer_entry::phase::shut_down;
    batch.push(std::move(entry->waker_));
  }
}

}  // namespace edo::inline v0::detail
