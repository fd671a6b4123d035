#include "driver/clock.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/lock.hpp"

namespace edo::inline v0::detail {

std::int64_t clock_source::now_ns() const noexcept {
  // acquire: pairs with the release in pause(), resume() and advance(), so that the offset read
  // below is at least as new as the state seen here.
  const std::int64_t frozen = frozen_ns_.load(memory_order_acquire);
  if (frozen != running) return frozen;
  // relaxed: ordered by the acquire above.
  return saturating_sub(monotonic_now_ns(), offset_ns_.load(memory_order_relaxed));
}

bool clock_source::is_paused() const noexcept {
  // acquire: as in now_ns().
  return frozen_ns_.load(memory_order_acquire) != running;
}

void clock_source::pause() noexcept {
  EDO_ASSERT(!is_paused());
  // release: pairs with the acquire in now_ns().
  frozen_ns_.store(now_ns(), memory_order_release);
}

void clock_source::resume() noexcept {
  EDO_ASSERT(is_paused());
  // relaxed: this thread wrote it, or was handed control of the clock.
  const std::int64_t frozen = frozen_ns_.load(memory_order_relaxed);
  offset_ns_.store(saturating_sub(monotonic_now_ns(), frozen), memory_order_relaxed);
  // release: pairs with the acquire in now_ns(); whoever sees the clock run sees its offset.
  frozen_ns_.store(running, memory_order_release);
}

void clock_source::advance(std::int64_t step_ns) noexcept {
  EDO_ASSERT(is_paused());
  EDO_ASSERT(step_ns >= 0);
  // relaxed: as in resume().
  const std::int64_t frozen = frozen_ns_.load(memory_order_relaxed);
  // release: pairs with the acquire in now_ns().
  frozen_ns_.store(saturating_add(frozen, step_ns), memory_order_release);
}

}  // namespace edo::inline v0::detail
