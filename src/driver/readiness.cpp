#include "driver/readiness.hpp"

#include "edo/base/assert.hpp"

#include <utility>

namespace edo::inline v0::detail {
namespace {

constexpr unsigned generation_shift = 32;
constexpr std::uint64_t state_mask = (std::uint64_t{1} << generation_shift) - 1;
constexpr std::uint64_t tick_one = std::uint64_t{1} << ready_state::tick_shift;

static_assert((ready_state::readable | ready_state::writable | ready_state::read_closed |
               ready_state::write_closed | ready_state::error | ready_state::shut_down) <=
              ready_state::bits_mask);

constexpr std::uint32_t generation_of(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word >> generation_shift);
}

constexpr ready_state state_of(std::uint64_t word) noexcept {
  return ready_state(static_cast<std::uint32_t>(word & state_mask));
}

/// The word after an event: bits added, and the tick counted on within its own bits.
constexpr std::uint64_t after_event(std::uint64_t word, std::uint32_t bits) noexcept {
  return (word & ~state_mask) | ((word + tick_one) & state_mask) | bits;
}

constexpr std::uint64_t fresh_word(std::uint32_t generation) noexcept {
  return std::uint64_t{generation} << generation_shift;
}

}  // namespace

std::uint32_t readiness::open(std::uint32_t slot) noexcept {
  slot_ = slot;
  const std::uint32_t next = generation() + 1;
  EDO_ASSERT(next % 2 == 1);
  // release: pairs with the acquire in set_ready(); an event of this generation finds it open.
  word_.store(fresh_word(next), memory_order_release);
  return next;
}

void readiness::close() noexcept {
  const std::uint32_t next = generation() + 1;
  EDO_ASSERT(next % 2 == 0);
  waker dropped[2];    // after the lock
  wake_batch orphans;  // the same
  raw_guard guard(lock_);
  // release: as in open(). Events that come from here on are stale (INV-3).
  word_.store(fresh_word(next), memory_order_release);
  wakers_[0].swap(dropped[0]);
  wakers_[1].swap(dropped[1]);
  while (!waiters_.empty()) {
    if (orphans.is_full()) {
      guard.unlock();
      orphans.wake_all();
      guard.lock();
      continue;
    }
    orphans.push(std::move(waiters_.pop_front()->waker_));
  }
}

bool readiness::set_ready(std::uint32_t generation,
                          std::uint32_t bits,
                          wake_batch& batch) noexcept {
  // relaxed: a first guess for the exchange.
  std::uint64_t word = word_.load(memory_order_relaxed);
  do {
    if (generation_of(word) != generation) return false;
    // acq_rel: release pairs with the acquire in state(), so that who finds the descriptor ready
    // sees what the driver did before; acquire pairs with the release in open() and close().
  } while (!word_.compare_exchange_weak(word, after_event(word, bits), memory_order_acq_rel,
                                        memory_order_relaxed));
  take_wakers(bits, batch);
  return true;
}

void readiness::shut_down(wake_batch& batch) noexcept {
  // A close and a new open in between cannot be: the table hands out nothing after its shutdown.
  const std::uint32_t now = generation();
  if (now % 2 == 1) set_ready(now, ready_state::shut_down, batch);
}

// The event's half of INV-2: the word has been set; now the wakers.
void readiness::take_wakers(std::uint32_t bits, wake_batch& batch) noexcept {
  raw_guard guard(lock_);
  while (!take_some(bits, batch)) {
    guard.unlock();
    batch.wake_all();
    guard.lock();
  }
}

// Moves the wakers concerned into the batch. False: it is full, and there may be more.
bool readiness::take_some(std::uint32_t bits, wake_batch& batch) noexcept {
  for (const io_direction direction : {io_direction::read, io_direction::write}) {
    if ((bits & awaited_bits(direction)) == 0) continue;
    if (batch.is_full()) return false;
    batch.push(std::move(wakers_[static_cast<std::size_t>(direction)]));
  }
  io_waiter* next = nullptr;
  for (io_waiter* waiter = waiters_.front(); waiter != nullptr; waiter = next) {
    next = waiters_.next(*waiter);
    if ((bits & awaited_bits(waiter->direction_)) == 0) continue;
    if (batch.is_full()) return false;
    // The waker leaves its place under the lock, so the waiter may be destroyed right after.
    waiters_.erase(*waiter);
    batch.push(std::move(waiter->waker_));
  }
  return true;
}

poll_result<ready_state> readiness::poll(io_waiter& waiter,
                                         io_direction direction,
                                         context& cx) noexcept {
  if (waiter.home_ == nullptr) {
    const ready_state now = state();
    if (now.has(awaited_bits(direction))) return now;
  } else if (waiter.home_ != this) {
    waiter.home_->unlink(waiter);
  }
  waker fresh;  // cloned without the lock; what it replaces is dropped after it
  for (;;) {
    raw_guard guard(lock_);
    const ready_state now = state();
    if (now.has(awaited_bits(direction))) {
      if (waiter.is_linked()) waiters_.erase(waiter);
      waiter.home_ = nullptr;
      waiter.waker_.swap(fresh);
      return now;
    }
    if (fresh.empty() && !waiter.waker_.will_wake(cx.waker())) {
      guard.unlock();
      fresh = keep(cx.waker());
      continue;
    }
    if (!fresh.empty()) waiter.waker_.swap(fresh);
    waiter.direction_ = direction;
    waiter.home_ = this;
    if (!waiter.is_linked()) waiters_.push_back(waiter);
    return pending;
  }
}

poll_result<ready_state> readiness::poll(io_direction direction, context& cx) noexcept {
  const ready_state before = state();
  if (before.has(awaited_bits(direction))) return before;
  waker fresh = keep(cx.waker());
  const raw_guard guard(lock_);
  const ready_state now = state();
  if (now.has(awaited_bits(direction))) return now;
  wakers_[static_cast<std::size_t>(direction)].swap(
      fresh);  // the old one is dropped after the lock
  return pending;
}

void readiness::clear(std::uint32_t bits, ready_state seen) noexcept {
  // relaxed: a first guess for the exchange.
  std::uint64_t word = word_.load(memory_order_relaxed);
  do {
    if (state_of(word).tick() != seen.tick()) return;
    // relaxed: it takes away, and publishes nothing.
  } while (!word_.compare_exchange_weak(word, word & ~std::uint64_t{bits}, memory_order_relaxed,
                                        memory_order_relaxed));
}

void readiness::unlink(io_waiter& waiter) noexcept {
  waker dropped;  // after the lock
  const raw_guard guard(lock_);
  if (waiter.is_linked()) waiters_.erase(waiter);
  waiter.home_ = nullptr;
  waiter.waker_.swap(dropped);
}

std::uint32_t readiness::generation() const noexcept {
  // relaxed: asked by the owner of the place, or as a guess that an exchange checks.
  return generation_of(word_.load(memory_order_relaxed));
}

ready_state readiness::state() const noexcept {
  // acquire: pairs with the release in set_ready().
  return state_of(word_.load(memory_order_acquire));
}

io_waiter::io_waiter(io_waiter&& other) noexcept : list_hook<>() {
  if (other.home_ != nullptr) other.home_->unlink(other);
}

io_waiter::~io_waiter() {
  if (home_ != nullptr) home_->unlink(*this);
}

}  // namespace edo::inline v0::detail
