#include "driver/readiness.hpp"

#include "edo/base/assert.hpp"

#include <utility>

namespace edo::inline v0::detail {
namespace {

constexpr unsigned generation_shift = 32;
constexpr std::uint64_t one_tick = std::uint64_t{1} << ready_state::tick_shift;
constexpr std::uint64_t tick_mask = 0xffff'ff00U;

constexpr std::uint32_t generation_of(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word >> generation_shift);
}
constexpr bool is_open(std::uint64_t word) noexcept { return (generation_of(word) & 1) != 0; }

/// The word after an event: bits added, the tick counted on without touching the generation.
constexpr std::uint64_t after_event(std::uint64_t word, std::uint32_t bits) noexcept {
  return (word & ~tick_mask) | bits | ((word + one_tick) & tick_mask);
}

}  // namespace

ready_state readiness::state() const noexcept {
  // acquire: pairs with the release in set_ready(), so that the system call that follows comes
  // after what the event's thread did before it.
  return ready_state(static_cast<std::uint32_t>(word_.load(memory_order_acquire)));
}

std::uint32_t readiness::generation() const noexcept {
  // relaxed: asked by the owner of the place, who is the one that changes it.
  return generation_of(word_.load(memory_order_relaxed));
}

std::uint32_t readiness::open(std::uint32_t slot) noexcept {
  slot_ = slot;
  const std::uint32_t next = generation() + 1;
  EDO_DEBUG_ASSERT((next & 1) != 0);
  // release: pairs with the acquire of whoever finds this generation in the word.
  word_.store(std::uint64_t{next} << generation_shift, memory_order_release);
  return next;
}

void readiness::close() noexcept {
  const std::uint32_t next = generation() + 1;
  EDO_DEBUG_ASSERT((next & 1) == 0);
  // release: as in open(). Events of the old generation change nothing from here on (INV-3).
  word_.store(std::uint64_t{next} << generation_shift, memory_order_release);
  wake_batch batch;
  take_wakers(ready_state::bits_mask, batch);
}

bool readiness::set_ready(std::uint32_t generation,
                          std::uint32_t bits,
                          wake_batch& batch) noexcept {
  // relaxed: the exchange below decides.
  std::uint64_t word = word_.load(memory_order_relaxed);
  do {
    if (generation_of(word) != generation) return false;
    // release: pairs with the acquire in state(). Failure, relaxed: tried again.
  } while (!word_.compare_exchange_weak(word, after_event(word, bits), memory_order_release,
                                        memory_order_relaxed));
  take_wakers(bits, batch);
  return true;
}

void readiness::shut_down(wake_batch& batch) noexcept {
  // relaxed: the exchange below decides.
  std::uint64_t word = word_.load(memory_order_relaxed);
  do {
    if (!is_open(word)) return;
    // release: as in set_ready(). Failure, relaxed: tried again.
  } while (!word_.compare_exchange_weak(word, after_event(word, ready_state::shut_down),
                                        memory_order_release, memory_order_relaxed));
  take_wakers(ready_state::shut_down, batch);
}

/// Moves wakers that wait for one of `bits` into the batch. True: it is full, and there may be
/// more.
bool readiness::take_some(std::uint32_t bits, wake_batch& batch) noexcept {
  for (const io_direction direction : {io_direction::read, io_direction::write}) {
    if ((bits & awaited_bits(direction)) == 0) continue;
    if (batch.is_full()) return true;
    batch.push(std::move(wakers_[static_cast<unsigned>(direction)]));
  }
  for (io_waiter* w = waiters_.front(); w != nullptr;) {
    io_waiter* next = waiters_.next(*w);
    if ((bits & awaited_bits(w->direction_)) != 0) {
      if (batch.is_full()) return true;
      // The waker leaves its place under the lock, so the waiter's owner may go right after.
      waiters_.erase(*w);
      batch.push(std::move(w->waker_));
    }
    w = next;
  }
  return false;
}

void readiness::take_wakers(std::uint32_t bits, wake_batch& batch) noexcept {
  raw_guard guard(lock_);
  while (take_some(bits, batch)) {
    guard.unlock();
    batch.wake_all();
    guard.lock();
  }
}

poll_result<ready_state> readiness::poll(io_waiter& waiter,
                                         io_direction direction,
                                         context& cx) noexcept {
  const std::uint32_t wanted = awaited_bits(direction);
  if (const ready_state seen = state(); seen.has(wanted)) return seen;
  edo::waker fresh = cx.waker();  // cloned outside the lock; the old one is dropped outside too
  const raw_guard guard(lock_);
  std::swap(waiter.waker_, fresh);
  waiter.direction_ = direction;
  waiter.home_ = this;
  if (!waiter.is_linked()) waiters_.push_back(waiter);
  // INV-2: an event that came before this section is seen here, a later one sees the waiter.
  const ready_state seen = state();
  if (!seen.has(wanted)) return pending;
  waiters_.erase(waiter);
  return seen;
}

poll_result<ready_state> readiness::poll(io_direction direction, context& cx) noexcept {
  const std::uint32_t wanted = awaited_bits(direction);
  if (const ready_state seen = state(); seen.has(wanted)) return seen;
  edo::waker fresh = cx.waker();  // as above
  const raw_guard guard(lock_);
  std::swap(wakers_[static_cast<unsigned>(direction)], fresh);
  // INV-2, as above. A waker that stays behind is woken for nothing at worst.
  const ready_state seen = state();
  if (!seen.has(wanted)) return pending;
  return seen;
}

void readiness::clear(std::uint32_t bits, ready_state seen) noexcept {
  // relaxed: the exchange below decides, and only on an unchanged tick.
  std::uint64_t word = word_.load(memory_order_relaxed);
  do {
    // INV-1: an event has come since; what it said stands.
    if (ready_state(static_cast<std::uint32_t>(word)).tick() != seen.tick()) return;
    // relaxed: it publishes nothing; the next event's release and the lock order what follows.
  } while (!word_.compare_exchange_weak(word, word & ~std::uint64_t{bits}, memory_order_relaxed,
                                        memory_order_relaxed));
}

void readiness::unlink(io_waiter& waiter) noexcept {
  edo::waker dropped;  // outside the lock
  {
    const raw_guard guard(lock_);
    if (waiter.is_linked()) waiters_.erase(waiter);
    dropped = std::move(waiter.waker_);
  }
  waiter.home_ = nullptr;
}

io_waiter::io_waiter(io_waiter&& other) noexcept {
  if (other.home_ != nullptr) other.home_->unlink(other);
}

io_waiter::~io_waiter() {
  if (home_ != nullptr) home_->unlink(*this);
}

}  // namespace edo::inline v0::detail
