#include "edo/runtime/task_tracker.hpp"

#include "edo/base/assert.hpp"

namespace edo::inline v0 {

namespace detail {

tracker_state::~tracker_state() {
  const raw_guard guard(lock_);
  EDO_ASSERT(count_ == 0);  // each token has a reference
}

void tracker_state::enter() noexcept {
  const raw_guard guard(lock_);
  ++count_;
}

void tracker_state::leave() noexcept {
  {
    const raw_guard guard(lock_);
    --count_;
    if (!tell_waits()) return;
  }
  wake_told();
}

bool tracker_state::close() noexcept {
  {
    const raw_guard guard(lock_);
    if (std::exchange(closed_, true)) return false;
    if (!tell_waits()) return true;
  }
  wake_told();
  return true;
}

bool tracker_state::reopen() noexcept {
  const raw_guard guard(lock_);
  return std::exchange(closed_, false);
}

bool tracker_state::is_closed() const noexcept {
  const raw_guard guard(lock_);
  return closed_;
}

std::size_t tracker_state::size() const noexcept {
  const raw_guard guard(lock_);
  return count_;
}

// All that wait now are told under one hold of the lock, so that a wait which comes later, perhaps
// after a reopen, is not. They are woken one by one, and may leave the list meanwhile.
bool tracker_state::tell_waits() noexcept {
  if (!is_over() || waiting_.empty()) return false;
  for (tracker_waiter* w = waiting_.front(); w != nullptr; w = waiting_.next(*w)) w->over = true;
  over_.splice_back(waiting_);
  return true;
}

void tracker_state::wake_told() noexcept {
  for (;;) {
    waker woken;
    {
      const raw_guard guard(lock_);
      tracker_waiter* first = over_.pop_front();
      if (first == nullptr) return;
      woken.swap(first->waiting);
    }
    std::move(woken).wake();
  }
}

bool tracker_state::wait(tracker_waiter& waiter, context& cx) noexcept {
  waker fresh(cx.waker());  // cloned and dropped outside of the lock
  const raw_guard guard(lock_);
  if (waiter.over) return true;  // left in over_, if it is there: the waker is taken or harmless
  if (is_over()) return waiter.over = true;
  waiter.waiting.swap(fresh);
  if (!waiter.is_linked()) waiting_.push_back(waiter);
  return false;
}

void tracker_state::remove(tracker_waiter& waiter) noexcept {
  waker dropped;
  const raw_guard guard(lock_);
  if (waiter.is_linked()) waiting_.erase(waiter);  // or from over_: only the neighbours count
  dropped.swap(waiter.waiting);
}

}  // namespace detail

task_tracker::task_tracker()
    : state_(detail::ref_ptr<detail::tracker_state>::adopt(new detail::tracker_state)) {}

poll_result<void> tracker_wait_future::poll(context& cx) noexcept {
  if (!cx.try_charge()) return pending;
  if (state_->wait(waiter_, cx)) return done;
  cx.refund();
  return pending;
}

}  // namespace edo::inline v0
