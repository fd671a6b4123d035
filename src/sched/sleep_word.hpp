/// Where the worker of a core sleeps, and how it is woken.
///
/// 1. PURPOSE. A worker sleeps on a futex, or in the driver if it has the right to drive. Wakers
///    know neither: one word stands for both, so that no wake is lost between them. Callers: the
///    worker (`sleep`, `sleep_in`), any thread (`wake`).
/// 2. STATES. awake; sleeping, on the futex; driving, in the driver; notified: a wake has come
///    since the worker last looked.
/// 3.   awake --sleep--> sleeping --wake, limit--> awake
///      awake --sleep_in--> driving --wake, event, limit--> awake
///      awake --wake--> notified --sleep, sleep_in--> awake, without sleeping
/// 4. The word is the only field. The worker and the wakers change it by read-modify-writes alone.
/// 5. INV-1 A wake either finds the worker asleep and rouses it, or leaves `notified`, which the
///          next sleep finds. There is no third case.
///    INV-2 What a thread did before its wake is visible to the worker after its sleep: each wake
///          is a release, leaving is an acquire.
/// 6. RACES. A wake against the end of a sleep by an event or the limit: the wake's token is taken
///    by the exchange that leaves, or stays for the next sleep, which then ends at once, for
///    nothing, once. Two wakes: the second finds `notified`; the first one's futex serves both.
/// 7. MODEL TEST: sleep_word (with the model checker). Until then core_test.
#pragma once

#include "edo/base/atomic.hpp"

#include "sched/parker.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class sleep_word {
 public:
  /// The worker's: sleeps until a wake, at most `limit_ns` (negative: without a limit). May return
  /// for nothing.
  void sleep(std::int64_t limit_ns) noexcept;

  /// The worker's, which has the right to drive: the same in the driver.
  void sleep_in(parker& driver, std::int64_t limit_ns) noexcept;

  /// Ends a sleep, this or the next. Any thread. What it did before is visible to the worker after.
  void wake(parker& driver) noexcept;

 private:
  static constexpr std::uint32_t awake = 0;
  static constexpr std::uint32_t sleeping = 1;
  static constexpr std::uint32_t driving = 2;
  static constexpr std::uint32_t notified = 3;

  [[nodiscard]] bool enter(std::uint32_t state) noexcept;
  void leave() noexcept;

  atomic<std::uint32_t> word_{awake};
};

}  // namespace edo::inline v0::detail
