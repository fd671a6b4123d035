/// Which workers sleep, and whom to wake.
///
/// 1. PURPOSE. Whoever makes a task runnable wakes at most one sleeping worker, and none while one
///    is awake that looks for work. Callers: workers (`park`, `leave`, `begin_search`,
///    `end_search`), any thread (`choose`).
/// 2. STATE. `word_`: how many workers are awake, and how many of these *search*: they have nothing
///    of their own and look into the queues of others. Changed under the lock or by its worker;
///    read by all. `sleepers_`: the cores of the workers that sleep, under the lock.
/// 3.  busy --begin_search--> searching --end_search--> busy
///       |                        |
///       +---------- park --------+--> asleep --choose--> searching (promised), then unparked
///                                       |
///                                       +--- leave (an event, a timer) --> busy
/// 4. A worker that was chosen counts as searching before it is awake: so one wake is promised at
///    a time.
/// 5. INV-1 While a task is in the injection queue: a worker searches, or one that is awake will
///          look there before it sleeps, or the one who pushed it is about to choose a sleeper.
///    INV-2 A worker sleeps only with empty queues of its own. So a task in a local queue has a
///          worker that is awake; a wake for it is for speed, and may be left out.
///    INV-3 `choose` gives each sleeper out once; its caller unparks it.
/// 6. RACES. A push into the injection queue against the last searcher that goes to sleep: push
///    (seq_cst), then the load of word_ (seq_cst); the change of word_ in park (seq_cst), then
///    has_tasks (seq_cst). In the one order of these four at least one side sees the other; with
///    acquire and release both could miss. Both may see each other: one needless wake.
///    A searcher that has found a task and stops searching, against a push that relied on it: it
///    looks into the injection queue after end_search, and chooses another if there is something.
/// 7. MODEL TEST: idle_set (with the model checker). Until then idle_set_test.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/cache.hpp"
#include "edo/base/lock.hpp"

#include <cstdint>
#include <vector>

namespace edo::inline v0::detail {

struct core;

class idle_set {
 public:
  /// All `workers` count as awake. Errors: std::bad_alloc.
  explicit idle_set(unsigned workers);
  idle_set(const idle_set&) = delete;
  idle_set& operator=(const idle_set&) = delete;

  /// A sleeper to unpark, which counts as searching from now on; null if one searches already, or
  /// none sleeps. Any thread.
  [[nodiscard]] core* choose() noexcept;

  /// A cheap look whether `choose` may find somebody. Stale, for wakes that may be left out.
  [[nodiscard]] bool may_choose() const noexcept {
    // relaxed: a hint.
    return may_choose(word_.load(memory_order_relaxed));
  }

  /// False: enough search already; half of the workers at most, since more only meet each other.
  [[nodiscard]] bool begin_search() noexcept;

  /// True: it was the last.
  bool end_search() noexcept;

  /// The worker of `c` is about to sleep; `drives`: in the driver, so that it is chosen last.
  /// True: it was the last that searched, and must look once more.
  bool park(core& c, bool searching, bool drives) noexcept;

  /// The worker of `c` is awake. True: nobody chose it; false: it was chosen and searches.
  bool leave(core& c) noexcept;

  /// True while a worker is awake.
  [[nodiscard]] bool anybody_awake() const noexcept {
    // seq_cst: for the watcher, whose argument is in multi_thread.cpp.
    return (word_.load(memory_order_seq_cst) >> 32U) != 0;
  }

  [[nodiscard]] unsigned searching() const noexcept {
    // relaxed: a hint.
    return searching_of(word_.load(memory_order_relaxed));
  }

 private:
  using word = std::uint64_t;
  static constexpr word searching_one = 1;
  static constexpr word awake_one = word{1} << 32U;

  [[nodiscard]] static unsigned searching_of(word w) noexcept { return static_cast<unsigned>(w); }
  [[nodiscard]] bool may_choose(word w) const noexcept {
    return searching_of(w) == 0 && (w >> 32U) < workers_;
  }

  const unsigned workers_;
  alignas(cache_line) atomic<word> word_;
  raw_mutex lock_;
  std::vector<core*> sleepers_ EDO_GUARDED_BY(lock_);  // the driver's sleeper is in front
};

}  // namespace edo::inline v0::detail
