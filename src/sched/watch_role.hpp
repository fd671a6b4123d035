/// Which of the sleeping workers watches over the busy ones.
///
/// 1. PURPOSE. At most one worker has the role; multi_thread.hpp, section 4, says what it does.
///    Callers: whoever leaves a wake out, or the driver with work (`want`, `unwant`); a worker
///    that wakes up or falls asleep (`take_wanted`, `take_free`); the one that has it (`give_up`).
/// 2. STATES. nobody; wanted: a worker is being woken for it; taken: it has one.
/// 3.   nobody --want--> wanted --take_wanted--> taken --give_up--> nobody
///        |                 |
///        |                 +-- unwant (there was nobody to wake) --> nobody
///        +-- take_free --> taken
/// 4. The word is the only field; changes are read-modify-writes, or made by the one that has it.
/// 5. INV-1 Between want and take_wanted or unwant, its caller has promised a wake.
///    INV-2 While a worker is awake and another sleeps, the role is wanted, taken, or about to be
///          taken by a worker that falls asleep.
/// 6. RACES. give_up of a watcher that found all others asleep, against a worker that wakes up and
///    leaves a wake out: that one counts itself awake (idle_set), then reads the role; the watcher
///    gives the role up, then reads whether anybody is awake. All seq_cst: one of them sees the
///    other; acquire and release would let both miss.
///    give_up by a worker that someone has just taken for the watcher: its caller wants it anew.
/// 7. MODEL TEST: watch_role (with the model checker). Until then runtime_stress_test, stall_test.
#pragma once

#include "edo/base/atomic.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class watch_role {
 public:
  watch_role() noexcept = default;
  watch_role(const watch_role&) = delete;
  watch_role& operator=(const watch_role&) = delete;

  /// A moment's view.
  [[nodiscard]] bool is_free() const noexcept {
    // seq_cst: the awake worker's half of 6.
    return word_.load(memory_order_seq_cst) == nobody;
  }

  /// True: the caller wakes a worker for it, or calls `unwant`.
  [[nodiscard]] bool want() noexcept { return change(nobody, wanted); }
  void unwant() noexcept { change(wanted, nobody); }
  [[nodiscard]] bool take_wanted() noexcept { return change(wanted, taken); }
  [[nodiscard]] bool take_free() noexcept { return change(nobody, taken); }

  void give_up() noexcept {
    // seq_cst: the watcher's half of 6.
    word_.store(nobody, memory_order_seq_cst);
  }

 private:
  static constexpr std::uint32_t nobody = 0;
  static constexpr std::uint32_t wanted = 1;
  static constexpr std::uint32_t taken = 2;

  bool change(std::uint32_t from, std::uint32_t to) noexcept {
    // seq_cst, both: every change is, so that 6 may argue by one order. The load spares the others'
    // cache lines a locked instruction that would fail.
    return word_.load(memory_order_seq_cst) == from &&
           word_.compare_exchange_strong(from, to, memory_order_seq_cst, memory_order_seq_cst);
  }

  atomic<std::uint32_t> word_{nobody};
};

}  // namespace edo::inline v0::detail
