/// Tells those who ran out of descriptors that one may be free again.
///
/// 1. Purpose. A listener whose `accept4` failed with EMFILE waits for a timer, and here for the
///    next socket that edo closes. The limit is the process's, hence so is this list.
///    `released` comes from any thread after each close; `enlist` and `leave` from the thread of
///    the waiter's future; `ticket` from any.
/// 2. The word: bit 0 = somebody is in the list. Above it: how many descriptors were closed.
/// 3. The count only grows. Bit 0, under lock_:
///      empty --enlist--> waiting --the last leaves, or is taken by released--> empty
/// 4. Fields. word_: any thread, atomic. waiters_, and the waiters while they are enlisted: lock_.
/// 5. INV-1 No release is lost: whoever enlists names the count from before the call that failed.
///          A release before `enlist` changed that count, and `enlist` refuses; one after it finds
///          bit 0 set, and takes the lock. Both change one word, so there is no third case.
///    INV-2 Wakers are woken, cloned and dropped outside of lock_.
/// 6. Races. A waiter destroyed against a release: the lock decides; taken out means not linked.
///    Many waiters: all are woken for one descriptor, one gets it, the others enlist again.
/// 7. Model test: descriptor_relief (with the model checker); until then descriptor_relief_test.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"
#include "edo/net/detail/accept_pause.hpp"

#include "driver/wake_batch.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class descriptor_relief {
 public:
  constexpr descriptor_relief() noexcept = default;
  descriptor_relief(const descriptor_relief&) = delete;
  descriptor_relief& operator=(const descriptor_relief&) = delete;

  /// How many descriptors were closed so far: to be taken before the call that may fail.
  [[nodiscard]] std::uint64_t ticket() const noexcept;

  /// Waits for the next release after `ticket`, or replaces the waker of one who waits already.
  /// False: there was one; the waiter is not enlisted then, and the call is worth another try.
  [[nodiscard]] bool enlist(relief_waiter& waiter,
                            std::uint64_t ticket,
                            const waker& woken) noexcept;

  /// The waiter leaves, if it is enlisted. Must be called before an enlisted waiter dies.
  void leave(relief_waiter& waiter) noexcept;

  /// A descriptor was closed. Costs one exchange when nobody waits.
  void released() noexcept;

 private:
  static constexpr std::uint64_t waiting = 1;
  static constexpr std::uint64_t one_release = 2;

  [[nodiscard]] bool mark_waiting(std::uint64_t ticket) noexcept EDO_REQUIRES(lock_);
  void unlink(relief_waiter& waiter) noexcept EDO_REQUIRES(lock_);

  // any thread, atomic
  atomic<std::uint64_t> word_{0};

  raw_mutex lock_;
  intrusive_list<relief_waiter> waiters_ EDO_GUARDED_BY(lock_);
};

/// The one of this process.
[[nodiscard]] descriptor_relief& process_relief() noexcept;

}  // namespace edo::inline v0::detail
