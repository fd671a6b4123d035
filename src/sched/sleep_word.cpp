#include "sched/sleep_word.hpp"

#include "edo/base/lock.hpp"

namespace edo::inline v0::detail {

// False: it was woken meanwhile, and must not sleep.
bool sleep_word::enter(std::uint32_t state) noexcept {
  std::uint32_t expected = awake;
  // acquire: pairs with the release in wake(), whose call is taken here if this fails.
  if (word_.compare_exchange_strong(expected, state, memory_order_acquire, memory_order_acquire)) {
    return true;
  }
  leave();
  return false;
}

void sleep_word::leave() noexcept {
  // acquire: pairs with the release in wake().
  word_.exchange(awake, memory_order_acquire);
}

void sleep_word::sleep(std::int64_t limit_ns) noexcept {
  if (!enter(sleeping)) return;
  const std::int64_t deadline_ns = limit_ns < 0 ? -1 : monotonic_now_ns() + limit_ns;
  // relaxed: leave() acquires.
  while (word_.load(memory_order_relaxed) == sleeping) {
    futex_wait(word_, sleeping, deadline_ns);
    if (deadline_ns >= 0 && monotonic_now_ns() >= deadline_ns) break;
  }
  leave();
}

void sleep_word::sleep_in(parker& driver, std::int64_t limit_ns) noexcept {
  if (!enter(driving)) {
    driver.poll();
    return;
  }
  driver.park(limit_ns);
  leave();
}

void sleep_word::wake(parker& driver) noexcept {
  // release: pairs with the acquire in enter() and leave().
  switch (word_.exchange(notified, memory_order_release)) {
    case sleeping:
      futex_wake(word_, 1);
      return;
    case driving:
      driver.unpark();
      return;
    default:
      return;
  }
}

}  // namespace edo::inline v0::detail
