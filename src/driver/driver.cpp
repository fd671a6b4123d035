#include "driver/driver.hpp"

#include "edo/base/assert.hpp"

#include "driver/signal_hub.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace edo::inline v0::detail {
namespace {

constexpr std::int64_t for_ever = -1;

}  // namespace

void add_ref(driver& target) noexcept { target.add_ref(); }
void drop_ref(driver& target) noexcept { target.drop_ref(); }

driver::driver(std::unique_ptr<reactor> events) noexcept
    : reactor_(std::move(events)), gate_(*reactor_), timers_(clock_, gate_) {}

driver::~driver() {
  // relaxed: nobody else is left.
  EDO_ASSERT(!held_.load(memory_order_relaxed));
}

result<std::shared_ptr<driver>> driver::make() {
  result<std::unique_ptr<reactor>> events = make_epoll_reactor();
  if (!events) return std::unexpected(events.error());
  return make(*std::move(events));
}

std::shared_ptr<driver> driver::make(std::unique_ptr<reactor> events) {
  return {new driver(std::move(events)), [](driver* made) { made->drop_ref(); }};
}

bool driver::try_acquire() noexcept {
  // relaxed: only a hint whether to try.
  if (held_.load(memory_order_relaxed)) return false;
  // acquire: pairs with the release in release(); what the holder before did to events_ is visible.
  return !held_.exchange(true, memory_order_acquire);
}

void driver::release() noexcept {
  // release: pairs with the acquire in try_acquire().
  held_.store(false, memory_order_release);
}

std::size_t driver::park(std::optional<std::int64_t> deadline_ns) noexcept {
  const std::int64_t limit_ns = sleep_limit_ns(deadline_ns.value_or(never_ns));
  // A turn that was not to sleep leaves an unpark for the next one that is.
  const bool sleeps = limit_ns != 0 && gate_.enter();
  const std::size_t count = reactor_->wait(sleeps ? limit_ns : 0, events_);
  if (sleeps) gate_.leave();
  wake_batch batch;
  ready_count_.add(count);
  for (const ready_event& event : std::span(events_, count)) dispatch(event, batch);
  timers_.fire(clock_.now_ns(), batch);
  batch.wake_all();
  return batch.total();
}

std::size_t driver::poll() noexcept {
  // relaxed: a descriptor or signal that is added at this moment is seen by the next turn.
  if (table_.live() != 0 || awaits_signals_.load(memory_order_relaxed)) return park_timeout(0);
  if (!timers_.has_timers()) return 0;
  wake_batch batch;
  timers_.fire(clock_.now_ns(), batch);
  batch.wake_all();
  return batch.total();
}

std::size_t driver::park_timeout(std::int64_t timeout_ns) noexcept {
  if (timeout_ns <= 0) return park(INT64_MIN);
  return park(saturating_add(clock_.now_ns(), timeout_ns));
}

// How long to sleep at most: 0 not at all, negative for ever. Tells the timers that we wait.
std::int64_t driver::sleep_limit_ns(std::int64_t deadline_ns) noexcept {
  // relaxed: a shutdown unparks after it has set the flag.
  if (shut_.load(memory_order_relaxed)) return 0;
  if (deadline_ns == INT64_MIN) return 0;
  const std::int64_t until_ns = std::min(deadline_ns, timers_.begin_wait());
  if (until_ns == never_ns) return for_ever;
  const std::int64_t left_ns = saturating_sub(until_ns, clock_.now_ns());
  if (left_ns <= 0) return 0;
  return clock_.is_paused() ? for_ever : left_ns;
}

void driver::dispatch(const ready_event& event, wake_batch& batch) noexcept {
  if (event.key == signal_key) {
    signal_hub::instance().deliver(batch);
    return;
  }
  readiness* place = table_.find(event.key.slot);
  EDO_DEBUG_ASSERT(place != nullptr);
  if (place != nullptr) place->set_ready(event.key.generation, event.bits, batch);
}

void driver::shutdown() noexcept {
  // acq_rel: release pairs with the acquire in is_shutdown(); acquire only so that two callers of
  // shutdown are ordered.
  if (shut_.exchange(true, memory_order_acq_rel)) return;
  wake_batch batch;
  table_.shut_down(batch);
  timers_.shut_down(batch);
  signal_hub::instance().wake_waiters_of(*this, batch);
  batch.wake_all();
  unpark();
}

bool driver::is_shutdown() const noexcept {
  // acquire: pairs with the release in shutdown().
  return shut_.load(memory_order_acquire);
}

void driver::advance_clock(std::int64_t step_ns) noexcept {
  clock_.advance(step_ns);
  unpark();
}

result<void> driver::watch_signals() noexcept {
  raw_guard guard(signals_lock_);
  if (watches_signals_) return {};
  result<int> fd = signal_hub::instance().descriptor();
  if (!fd) return std::unexpected(fd.error());
  if (result<void> added = reactor_->add(*fd, signal_key); !added) return added;
  watches_signals_ = true;
  // relaxed: a hint.
  awaits_signals_.store(true, memory_order_relaxed);
  return {};
}

}  // namespace edo::inline v0::detail
