// Purpose: hand one waker from a consumer, which replaces it at each poll, to producers, which take
// it out and wake it. `register_waker` is called by one thread at a time, `take` by any.
//
// The word `state_` is a lock of two bits over `waker_`:
//   registering  the consumer is replacing the waker; it alone may touch it.
//   waking       a producer wants it. If it set this bit alone, it alone may touch the waker; if
//                `registering` was set, it leaves the wake to the consumer.
//
//   idle --register--> registering --store--> idle
//    |                    |
//    take                 take (bit set, waker not touched)
//    v                    v
//   waking --taken--> idle        registering|waking --consumer takes, wakes--> idle
//
// Invariants:
//   INV-1 waker_ is touched only by whoever moved state_ from idle, until it moves it back.
//   INV-2 a take that runs into a registration leaves `waking` behind, and the registration wakes.
//
// Races considered:
//   two takes: the second finds `waking` set and goes; the first wakes for both: the event of the
//     second happened before it looked, and the consumer, once woken, looks after that, since the
//     first one's release of `waking` follows the second's read-modify-write or the second would
//     have found idle.
//   register during a take: the consumer finds `waking` and wakes its own new waker at once; it
//     looks again, spuriously at worst.
//   take during a register: INV-2.
// The model: tests/model/atomic_waker_model.cpp, with the model checker; until then
// tests/unit/future/atomic_waker_test.cpp drives it from several threads.
#include "edo/future/atomic_waker.hpp"

#include "edo/base/assert.hpp"

#include <utility>

namespace edo::inline v0 {
namespace {

constexpr std::uint32_t idle = 0;
constexpr std::uint32_t registering = 1;
constexpr std::uint32_t waking = 2;

}  // namespace

void atomic_waker::register_waker(const waker& waker) noexcept {
  std::uint32_t seen = idle;
  // acquire: pairs with the release of the last take, whose writes to waker_ must be over, and
  // makes its event visible. Failure, acquire: pairs with a take's acq_rel, so that its event is
  // visible.
  if (state_.compare_exchange_strong(seen, registering, memory_order_acquire,
                                     memory_order_acquire)) {
    waker_ = waker;
    seen = registering;
    // acq_rel: release waker_ to the next take; failure, acquire: the event of the take that has
    // set `waking` meanwhile.
    if (state_.compare_exchange_strong(seen, idle, memory_order_acq_rel, memory_order_acquire)) {
      return;
    }
    EDO_DEBUG_ASSERT(seen == (registering | waking));
    // INV-2: the wake that came in between is ours to deliver.
    const edo::waker owed = std::move(waker_);
    // acq_rel: release waker_ (now empty), acquire the events of further takes.
    state_.exchange(idle, memory_order_acq_rel);
    owed.wake_by_ref();
    return;
  }
  // A wake is under way: it may have missed this waker, so this one is woken right away.
  // (Two registrations at once would be misuse; the waker is not stored then either.)
  EDO_DEBUG_ASSERT(seen == waking);
  waker.wake_by_ref();
}

waker atomic_waker::take() noexcept {
  // acq_rel: release this producer's event to the registration or take that sees the bit; acquire
  // waker_ from the registration that stored it.
  if (state_.fetch_or(waking, memory_order_acq_rel) != idle) return {};
  waker taken = std::move(waker_);
  // release: pairs with the acquire in register_waker; our move out of waker_ is over.
  state_.fetch_and(~waking, memory_order_release);
  return taken;
}

}  // namespace edo::inline v0
