/// Who may use a core: the word by which a worker says so, and a core can be taken from it.
///
/// 1. PURPOSE. A worker holds a core while it runs tasks. A poll may take arbitrarily long, so
///    another thread must be able to take the core while the worker is inside one; the worker's own
///    uses of the core from inside a poll (a push of a task that was woken) must not overlap with
///    that. The worker pays plain loads and stores, never a locked instruction. Callers:
///      attach, attach_in_poll, begin_poll, end_poll, begin_use, end_use, give, settle
///                                    the worker whose lease it is
///      revoke's compare-exchange     whoever takes a core: `give`, on the worker's own thread, for
///                                    block_in_place
///
/// 2. BITS.
///      word     bit 0, in_use: the worker's own code uses the core.
///               The rest: the epoch; odd = inside a poll. It never repeats, so that a poll has a
///               number by which it is named.
///      revoke   0: nobody wants the core. A value of `word`: asked for in that poll. With
///               `committed`: taken in that poll; the core is no longer the worker's.
///
/// 3. DIAGRAM (of word).
///      even epoch, in_use --begin_poll--> odd epoch --end_poll--> even epoch, in_use
///                                          |      ^
///                                      begin_use  end_use
///                                          v      |
///                                         odd epoch, in_use
///
/// 4. FIELDS. word: written by the worker alone. revoke: by compare-exchange from 0 and to
///    `committed` by whoever asks; back to 0 by the worker. What a core holds: by the worker while
///    in_use is set and revoke is not committed.
///
/// 5. INVARIANTS.
///    INV-1  A commit names the epoch of a poll that goes on, in which in_use is clear: from then
///           until `settle` the worker touches nothing of the core.
///    INV-2  Every use ends with a release of word: what the worker did to the core happens before
///           whoever reads that word and then takes the core.
///
/// 6. RACES. The end of a poll, and the beginning of a use, against an ask are Dekker's pattern:
///    the worker stores word and loads revoke, the other stores revoke and loads word. The worker's
///    half is ordered by a compiler fence alone; a thread that asks from elsewhere orders both
///    with membarrier(2). If both see each other, the one compare-exchange of revoke decides.
///    `give` runs on the worker's own thread, where program order is enough.
///
/// 7. MODEL TEST: lease (with the model checker). Until then core_test.
#pragma once

#include "edo/base/assert.hpp"
#include "edo/base/atomic.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class core_lease {
 public:
  core_lease() noexcept = default;
  core_lease(const core_lease&) = delete;
  core_lease& operator=(const core_lease&) = delete;

  /// The worker has a core, outside of any poll.
  void attach() noexcept {
    // relaxed: nobody asks a worker without a core.
    revoke_.store(0, memory_order_relaxed);
    // relaxed: only this worker writes the word. release: INV-2. The next even epoch, in use.
    const std::uint64_t past = word_.load(memory_order_relaxed) | epoch_odd | in_use;
    word_.store((past + 1) | in_use, memory_order_release);
  }

  /// The same in the middle of a poll: the poll gets a new number.
  void attach_in_poll() noexcept {
    attach();
    begin_poll();
  }

  void begin_poll() noexcept {
    // relaxed: only this worker writes the word. release: INV-2.
    word_.store(word_.load(memory_order_relaxed) + 1, memory_order_release);
  }

  /// False: the core was asked for, or is gone; call `settle`.
  [[nodiscard]] bool end_poll() noexcept {
    // relaxed: only this worker writes the word. release: INV-2.
    word_.store(word_.load(memory_order_relaxed) + 3, memory_order_release);
    return unrevoked();
  }

  /// Inside a poll: before the core is touched. False: it must not be; `end_use` all the same.
  [[nodiscard]] bool begin_use() noexcept {
    // relaxed: only this worker writes the word. release: INV-2.
    word_.store(word_.load(memory_order_relaxed) + in_use, memory_order_release);
    return unrevoked();
  }
  void end_use() noexcept {
    // relaxed: only this worker writes the word. release: INV-2.
    word_.store(word_.load(memory_order_relaxed) - in_use, memory_order_release);
  }

  /// Inside a poll, on the worker's own thread: takes the core from this lease. False: somebody
  /// else has.
  [[nodiscard]] bool give() noexcept {
    // relaxed: only this worker writes the word.
    std::uint64_t seen = revoke_.load(memory_order_relaxed);
    const std::uint64_t mine = word_.load(memory_order_relaxed) | committed;
    while ((seen & committed) == 0) {
      // acq_rel: release for what the worker did to the core; acquire against another's ask.
      if (revoke_.compare_exchange_weak(seen, mine, memory_order_acq_rel, memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  /// After `end_poll` said false. True: the core is still the worker's.
  [[nodiscard]] bool settle() noexcept {
    std::uint64_t seen = revoke_.load(memory_order_acquire);
    while (seen != 0 && (seen & committed) == 0) {
      // acq_rel: withdraws the ask; acquire as in the load above, which pairs with a commit.
      if (revoke_.compare_exchange_weak(seen, 0, memory_order_acq_rel, memory_order_acquire)) {
        return true;
      }
    }
    return seen == 0;
  }

  /// True while a poll goes on.
  [[nodiscard]] bool in_poll() const noexcept {
    // relaxed: asked by the worker, which alone writes it.
    return (word_.load(memory_order_relaxed) & epoch_odd) != 0;
  }

 private:
  static constexpr std::uint64_t in_use = 1;
  static constexpr std::uint64_t epoch_odd = 2;
  static constexpr std::uint64_t committed = 1;

  [[nodiscard]] bool unrevoked() const noexcept {
    // The worker's half of Dekker's pattern: the compiler must keep the order, membarrier makes
    // the processor keep it when it matters.
    compiler_fence();
    // relaxed: the outcome is decided by a compare-exchange; see 6.
    return revoke_.load(memory_order_relaxed) == 0;
  }

  atomic<std::uint64_t> word_{0};
  atomic<std::uint64_t> revoke_{0};
};

}  // namespace edo::inline v0::detail
