/// The state word of a task.
///
/// 1. PURPOSE. One word says who owns a task's future and output, whether it must be polled, and
///    how many references keep its memory. Each function below changes the word in one atomic step
///    and returns the effect that its caller now owes; harness.cpp performs the effects. Callers:
///      to_running, to_idle, to_complete, joiner_woken   the thread that runs the task
///      wake, wake_by_ref, to_cancelled                  any thread that holds a reference
///      to_shutdown                                      a scheduler that shuts down
///      set_join_waker, unset_join_waker, drop_join      the join handle's thread
///      claim, unclaim                                   a thread that dumps tasks
///      add_ref, drop_refs                               whoever holds a reference
///
/// 2. BITS, one rule each.
///      running        One thread has the future to itself: it polls or destroys it.
///      complete       The future is gone; the output was stored. Final.
///      notified       A poll is owed. While the task is idle, this bit stands for one *runnable*
///                     reference in a queue (or, with `claimed`, for the one that unclaim makes).
///      cancelled      The future shall be destroyed instead of being polled again. Never cleared.
///      join_interest  A join handle exists that has not been dropped.
///      join_waker     The field `join_waker` is set and lent to the running side; see below.
///      claimed        A dump reads the parked future; it must stay as it is. Never with running
///                     or complete.
///      references     The rest of the word, in units of `ref_one`.
///
/// 3. DIAGRAM (of running, notified, complete; cancelled makes "poll" into "destroy").
///
///      idle --wake--> notified --to_running--> running --ready or destroyed--> complete
///       ^  ^                                    |   |
///       |  |                                    |  wake: notified stays owed
///       |  +--------- pending, not notified ----+   |
///       |                                           v
///       |             notified  <--pending-- running+notified      (back into a queue)
///      claim
///       v
///      claimed --wake--> claimed+notified --unclaim--> notified
///        +------unclaim--> idle
///
///    to_shutdown takes idle and notified tasks to running without a queue; the runnable reference
///    that may be left in one is dropped by the to_running that finds the task running or complete.
///
/// 4. FIELDS of the header, and who may touch them.
///      future       the thread that set running; a dump may read it while claimed is set
///      output       written by the thread that set running, before complete; then the join
///                   handle's, if join_interest was set when complete was; else that same thread
///                   drops it
///      queue_next   whoever holds the runnable reference
///      owned hook   guarded by the owned list's lock
///      join_waker   the rules of the join waker:
///        J1  Without the bit, the join handle alone may read and write the field.
///        J2  With the bit, nobody writes it, and the thread that set complete may read it.
///        J3  The handle sets the bit after it has written the field; setting it fails once the
///            task is complete, and the field is the handle's again.
///        J4  The handle clears the bit to write again; clearing fails once the task is complete.
///        J5  The thread that set complete wakes the waker if it found the bit, then clears the
///            bit: if join_interest is gone by then, it destroys the waker, else the field goes
///            back to the handle.
///        J6  A handle that is dropped clears join_interest, and before completion the bit as well;
///            it destroys the waker if the bit is clear after that.
///
///    References are held by: the owned list (one, until completion); the runnable reference;
///    the join handle; each waker and each abort handle; a dump, while it claims. The thread that
///    runs a task uses the runnable reference (or, in to_shutdown, the owned list's).
///
/// 5. INVARIANTS.
///    INV-1  running, complete and claimed exclude each other: one thread at most has the future.
///    INV-2  An idle task with notified, not claimed, has exactly one runnable reference; a task
///           that was woken after its last poll began is polled again.
///    INV-3  The future is destroyed exactly once, before complete is set.
///    INV-4  The output is destroyed exactly once: by the runner if it completes without
///           join_interest, else by the join handle.
///    INV-5  The memory is freed by whoever takes the count to 0, and then complete is set: the
///           owned list's reference lasts until then. (The runner takes the task out of the list
///           just before, and gives both references up with the change that sets complete, or with
///           the one after the joiner was woken.)
///    INV-6  join_waker implies join_interest, or complete (while J5 runs).
///
/// 6. RACES, and why each is harmless.
///    - wake against the end of a poll: both change one word. Either to_idle sees notified and owes
///      the queueing, or the wake sees an idle task and owes it.
///    - wake that finds notified: it still writes the word (the same bits), so that its release is
///      in the release sequence that to_running acquires: the poll sees what the waker did. A plain
///      load would allow the poll to miss it, on x86 too.
///    - abort against completion: cancelled is set on a task that completes; nobody asks any more.
///    - abort against an idle task: it counts as a wake, and to_running finds cancelled.
///    - shutdown against a queued runnable reference: see the diagram.
///    - handle dropped against completion: join_interest and complete are in one word, so exactly
///      one side sees the other first, and drops the output (INV-4).
///    - claim against a wake: the wake only sets notified, and unclaim turns the dump's reference
///      into the runnable one. Against shutdown: to_shutdown says `retry`; a dump's claim is short.
///    - the last reference dropped on another thread: the decrement releases what each owner did,
///      and the one that frees acquires it.
///
/// 7. MODEL TEST: task_state (with the model checker). Until then state_test enumerates every word
///    and every transition, and harness_stress_test races them under TSan.
///
/// MEMORY ORDERS. Every change but add_ref is acquire and release at once; one reason each way:
///      release: what this thread did to the future, the output, the join waker or outside of the
///      task happens before whoever is handed the task by a later change;
///      acquire: the same seen from there. So [task.run] = to_running, to_shutdown, claim acquire
///      what wake, to_idle, unclaim and launch released; [task.join] = reading the output acquires
///      what to_complete released; [task.free] = drop_refs among themselves.
#pragma once

#include "edo/base/assert.hpp"
#include "edo/base/atomic.hpp"

#include <cstdint>

namespace edo::inline v0::detail::task_state {

using word = std::uint64_t;

inline constexpr word running = 1U << 0U;
inline constexpr word complete = 1U << 1U;
inline constexpr word notified = 1U << 2U;
inline constexpr word cancelled = 1U << 3U;
inline constexpr word join_interest = 1U << 4U;
inline constexpr word join_waker = 1U << 5U;
inline constexpr word claimed = 1U << 6U;

inline constexpr word flags_mask = (1U << 8U) - 1;
inline constexpr word ref_one = 1U << 8U;
/// A count beyond this is a leak of wakers in a loop; the program ends before it wraps.
inline constexpr word ref_max = word{1} << 62U;

/// A new task: to be queued; referenced by the owned list, the queue and the join handle.
inline constexpr word initial = notified | join_interest | 3 * ref_one;

[[nodiscard]] constexpr word refs(word w) noexcept { return w / ref_one; }
[[nodiscard]] constexpr bool has(word w, word bits) noexcept { return (w & bits) == bits; }
[[nodiscard]] constexpr bool has_any(word w, word bits) noexcept { return (w & bits) != 0; }

// The effects owed. `free` always means: that was the last reference.

enum class run_effect : std::uint8_t {
  poll,     ///< The future is the caller's: poll it.
  destroy,  ///< The future is the caller's: destroy it and complete.
  none,     ///< Somebody else runs or has run it; the runnable reference is gone.
  free,
};
enum class idle_effect : std::uint8_t {
  none,     ///< The task is parked, the runner's reference is gone.
  requeue,  ///< It was woken meanwhile: the runner's reference is runnable again.
  destroy,  ///< It was cancelled meanwhile: it is still running; destroy the future.
  free,
};
enum class wake_effect : std::uint8_t {
  none,
  queue,  ///< A runnable reference has been made (for `wake`: of the waker's own).
  free,
};
enum class shutdown_effect : std::uint8_t {
  none,     ///< It is running or complete: whoever runs it completes it, and sees cancelled.
  destroy,  ///< The future is the caller's: destroy it and complete.
  retry,    ///< A dump claims it: ask again.
};
enum class complete_effect : std::uint8_t {
  drop_output,  ///< There is no join handle.
  none,         ///< The output is the join handle's.
  wake_joiner,  ///< The same, and it waits: wake it, then call joiner_woken.
};
enum class joiner_effect : std::uint8_t {
  none,        ///< The field is the join handle's again.
  drop_waker,  ///< The handle is gone: destroy the waker.
};
struct join_drop_effect {
  bool drop_output = false;  ///< The output is the caller's.
  bool drop_waker = false;   ///< The waker field is the caller's.
  friend bool operator==(const join_drop_effect&, const join_drop_effect&) = default;
};

/// The outcome of a pure transition.
template <class Effect>
struct step {
  word next;
  Effect effect;
};

/// The transitions without the atomics: each takes a word that fulfils its precondition (asserted).
namespace pure {
[[nodiscard]] inline step<run_effect> to_running(word w) noexcept;
[[nodiscard]] inline step<idle_effect> to_idle(word w) noexcept;
[[nodiscard]] inline step<complete_effect> to_complete(word w, word count) noexcept;
[[nodiscard]] inline step<joiner_effect> joiner_woken(word w, word count) noexcept;
[[nodiscard]] inline step<wake_effect> wake(word w) noexcept;
[[nodiscard]] inline step<wake_effect> wake_by_ref(word w) noexcept;
[[nodiscard]] inline step<wake_effect> to_cancelled(word w) noexcept;
[[nodiscard]] inline step<shutdown_effect> to_shutdown(word w) noexcept;
[[nodiscard]] inline step<bool> set_join_waker(word w) noexcept;
[[nodiscard]] inline step<bool> unset_join_waker(word w) noexcept;
[[nodiscard]] inline step<join_drop_effect> drop_join(word w) noexcept;
[[nodiscard]] inline step<bool> claim(word w) noexcept;
[[nodiscard]] inline step<wake_effect> unclaim(word w) noexcept;

/// INV-1, INV-6 and a count above 0: what every word between two transitions fulfils.
[[nodiscard]] inline bool is_legal(word w) noexcept;
}  // namespace pure

/// Takes a runnable reference to the right to the future.
[[nodiscard]] inline run_effect to_running(atomic<word>& state) noexcept;

/// After a poll that was pending.
[[nodiscard]] inline idle_effect to_idle(atomic<word>& state) noexcept;

/// After the output was stored. `none` gives `count` references up, the others give up none yet.
[[nodiscard]] inline complete_effect to_complete(atomic<word>& state, word count) noexcept;

/// After the joiner was woken (J5). `none` gives `count` references up, `drop_waker` none yet.
[[nodiscard]] inline joiner_effect joiner_woken(atomic<word>& state, word count) noexcept;

/// A wake that gives the waker's reference up.
[[nodiscard]] inline wake_effect wake(atomic<word>& state) noexcept;

/// A wake that keeps it. Never `free`.
[[nodiscard]] inline wake_effect wake_by_ref(atomic<word>& state) noexcept;

/// Asks for the end of the task; an idle one is woken for that. Never `free`.
[[nodiscard]] inline wake_effect to_cancelled(atomic<word>& state) noexcept;

/// The same for a scheduler that will not run tasks any more. Changes no reference.
[[nodiscard]] inline shutdown_effect to_shutdown(atomic<word>& state) noexcept;

/// Lends the waker field (J3). False: the task is complete.
[[nodiscard]] inline bool set_join_waker(atomic<word>& state) noexcept;

/// Takes it back (J4). False: the task is complete.
[[nodiscard]] inline bool unset_join_waker(atomic<word>& state) noexcept;

/// Gives the join interest up (J6); the reference stays.
[[nodiscard]] inline join_drop_effect drop_join(atomic<word>& state) noexcept;

/// The same together with its reference, for a handle that has taken the output and owns the waker
/// field, which is empty by now (J5, J6). True: it was the last reference.
[[nodiscard]] inline bool drop_taken_join(atomic<word>& state) noexcept;

/// Keeps a parked task parked while it is read, with a reference. False: it is not parked.
[[nodiscard]] inline bool claim(atomic<word>& state) noexcept;

/// Ends that. `queue`: it was woken meanwhile, and the reference is now runnable.
[[nodiscard]] inline wake_effect unclaim(atomic<word>& state) noexcept;

/// One more reference; the caller has one.
inline void add_ref(atomic<word>& state) noexcept;

/// Gives `count` references up. True: they were the last ones, free the task.
[[nodiscard]] inline bool drop_refs(atomic<word>& state, word count) noexcept;

/// True if the task is complete; then its output is visible.
[[nodiscard]] inline bool is_complete(const atomic<word>& state) noexcept;

/// True if it is, and the waker field is the join handle's.
[[nodiscard]] inline bool is_settled(const atomic<word>& state) noexcept;

static_assert((running | complete | notified | cancelled | join_interest | join_waker | claimed) ==
              (1U << 7U) - 1);
static_assert((flags_mask & ref_one) == 0);

namespace pure {

inline bool is_legal(word w) noexcept {
  const unsigned owners =
      (has(w, running) ? 1U : 0U) + (has(w, complete) ? 1U : 0U) + (has(w, claimed) ? 1U : 0U);
  if (owners > 1) return false;                                                   // INV-1
  if (has(w, join_waker) && !has_any(w, join_interest | complete)) return false;  // INV-6
  return refs(w) > 0;
}

inline step<run_effect> to_running(word w) noexcept {
  EDO_DEBUG_ASSERT(has(w, notified) && !has(w, claimed) && refs(w) > 0);
  if (has_any(w, running | complete)) {
    w -= ref_one;
    return {w, refs(w) == 0 ? run_effect::free : run_effect::none};
  }
  w = (w & ~notified) | running;
  return {w, has(w, cancelled) ? run_effect::destroy : run_effect::poll};
}

inline step<idle_effect> to_idle(word w) noexcept {
  EDO_DEBUG_ASSERT(has(w, running) && refs(w) > 0);
  if (has(w, cancelled)) return {w, idle_effect::destroy};
  w &= ~running;
  if (has(w, notified)) return {w, idle_effect::requeue};  // INV-2
  w -= ref_one;
  return {w, refs(w) == 0 ? idle_effect::free : idle_effect::none};
}

inline step<complete_effect> to_complete(word w, word count) noexcept {
  EDO_DEBUG_ASSERT(has(w, running) && refs(w) >= count);
  w ^= running | complete;
  if (!has(w, join_interest)) return {w, complete_effect::drop_output};  // INV-4
  if (has(w, join_waker)) return {w, complete_effect::wake_joiner};
  return {w - count * ref_one, complete_effect::none};  // the handle has one more
}

inline step<joiner_effect> joiner_woken(word w, word count) noexcept {
  EDO_DEBUG_ASSERT(has(w, complete | join_waker) && refs(w) >= count);
  w &= ~join_waker;
  if (!has(w, join_interest)) return {w, joiner_effect::drop_waker};
  return {w - count * ref_one, joiner_effect::none};
}

inline step<wake_effect> wake(word w) noexcept {
  EDO_DEBUG_ASSERT(refs(w) > 0);
  if (has_any(w, complete | notified)) {
    w -= ref_one;
    return {w, refs(w) == 0 ? wake_effect::free : wake_effect::none};
  }
  if (has_any(w, running | claimed)) {
    EDO_DEBUG_ASSERT(refs(w) > 1);  // the runner's, or the dump's
    return {(w | notified) - ref_one, wake_effect::none};
  }
  return {w | notified, wake_effect::queue};
}

inline step<wake_effect> wake_by_ref(word w) noexcept {
  EDO_DEBUG_ASSERT(refs(w) > 0);
  if (has_any(w, complete | notified)) return {w, wake_effect::none};
  if (has_any(w, running | claimed)) return {w | notified, wake_effect::none};
  return {(w | notified) + ref_one, wake_effect::queue};
}

inline step<wake_effect> to_cancelled(word w) noexcept {
  EDO_DEBUG_ASSERT(refs(w) > 0);
  if (has_any(w, complete | cancelled)) return {w, wake_effect::none};
  // Running: to_idle sees the bit. Notified: to_running does.
  if (has_any(w, running | notified)) return {w | cancelled, wake_effect::none};
  if (has(w, claimed)) return {w | cancelled | notified, wake_effect::none};
  return {(w | cancelled | notified) + ref_one, wake_effect::queue};
}

inline step<shutdown_effect> to_shutdown(word w) noexcept {
  EDO_DEBUG_ASSERT(refs(w) > 0);
  if (has(w, complete)) return {w, shutdown_effect::none};
  w |= cancelled;
  if (has(w, running)) return {w, shutdown_effect::none};
  if (has(w, claimed)) return {w, shutdown_effect::retry};
  return {w | running, shutdown_effect::destroy};
}

inline step<bool> set_join_waker(word w) noexcept {
  EDO_DEBUG_ASSERT(has(w, join_interest) && !has(w, join_waker));
  if (has(w, complete)) return {w, false};
  return {w | join_waker, true};
}

inline step<bool> unset_join_waker(word w) noexcept {
  EDO_DEBUG_ASSERT(has(w, join_interest));
  if (has(w, complete)) return {w, false};
  EDO_DEBUG_ASSERT(has(w, join_waker));
  return {w & ~join_waker, true};
}

inline step<join_drop_effect> drop_join(word w) noexcept {
  EDO_DEBUG_ASSERT(has(w, join_interest) && refs(w) > 0);
  w &= ~join_interest;
  if (!has(w, complete)) return {w & ~join_waker, {.drop_output = false, .drop_waker = true}};
  return {w, {.drop_output = true, .drop_waker = !has(w, join_waker)}};
}

inline step<bool> claim(word w) noexcept {
  EDO_DEBUG_ASSERT(refs(w) > 0);
  if (has_any(w, running | complete | notified | claimed)) return {w, false};
  return {(w | claimed) + ref_one, true};
}

inline step<wake_effect> unclaim(word w) noexcept {
  EDO_DEBUG_ASSERT(has(w, claimed) && refs(w) > 0);
  w &= ~claimed;
  if (has(w, notified)) return {w, wake_effect::queue};
  w -= ref_one;
  return {w, refs(w) == 0 ? wake_effect::free : wake_effect::none};
}

}  // namespace pure

/// Applies a pure transition. It always writes, also the same word again: see 6, "wake that finds
/// notified".
template <class Transition>
[[gnu::always_inline]] inline auto apply(atomic<word>& state, Transition transition) noexcept {
  // acquire: pairs with the release below, for what the transition decides on.
  word seen = state.load(memory_order_acquire);
  for (;;) {
    const auto taken = transition(seen);
    // acq_rel: [task.run], [task.join] and [task.free], as the head of state.hpp says.
    // acquire on failure: as the load above.
    if (state.compare_exchange_weak(seen, taken.next, memory_order_acq_rel, memory_order_acquire)) {
      return taken.effect;
    }
  }
}

inline run_effect to_running(atomic<word>& state) noexcept {
  return apply(state, &pure::to_running);
}
inline idle_effect to_idle(atomic<word>& state) noexcept { return apply(state, &pure::to_idle); }
inline complete_effect to_complete(atomic<word>& state, word count) noexcept {
  return apply(state, [count](word w) noexcept { return pure::to_complete(w, count); });
}
inline joiner_effect joiner_woken(atomic<word>& state, word count) noexcept {
  return apply(state, [count](word w) noexcept { return pure::joiner_woken(w, count); });
}
inline wake_effect wake(atomic<word>& state) noexcept { return apply(state, &pure::wake); }
inline wake_effect wake_by_ref(atomic<word>& state) noexcept {
  return apply(state, &pure::wake_by_ref);
}
inline wake_effect to_cancelled(atomic<word>& state) noexcept {
  return apply(state, &pure::to_cancelled);
}
inline shutdown_effect to_shutdown(atomic<word>& state) noexcept {
  return apply(state, &pure::to_shutdown);
}
inline bool set_join_waker(atomic<word>& state) noexcept {
  return apply(state, &pure::set_join_waker);
}
inline bool unset_join_waker(atomic<word>& state) noexcept {
  return apply(state, &pure::unset_join_waker);
}
inline join_drop_effect drop_join(atomic<word>& state) noexcept {
  return apply(state, &pure::drop_join);
}
inline bool claim(atomic<word>& state) noexcept { return apply(state, &pure::claim); }
inline wake_effect unclaim(atomic<word>& state) noexcept { return apply(state, &pure::unclaim); }

inline bool drop_taken_join(atomic<word>& state) noexcept {
  // acq_rel: as in drop_refs(). The bit is set, and nobody but the handle clears it.
  const word before = state.fetch_sub(ref_one | join_interest, memory_order_acq_rel);
  EDO_ASSERT(has(before, complete | join_interest) && !has(before, join_waker));
  return refs(before) == 1;
}

inline void add_ref(atomic<word>& state) noexcept {
  // relaxed: the caller holds a reference already, and nothing is published by a new one.
  const word before = state.fetch_add(ref_one, memory_order_relaxed);
  EDO_ASSERT(refs(before) > 0 && before < ref_max);
}

inline bool drop_refs(atomic<word>& state, word count) noexcept {
  // acq_rel: [task.free]; each owner's use of the task happens before its memory is freed.
  const word before = state.fetch_sub(count * ref_one, memory_order_acq_rel);
  EDO_ASSERT(refs(before) >= count);
  return refs(before) == count;
}

inline bool is_complete(const atomic<word>& state) noexcept {
  // acquire: [task.join] pairs with the release of to_complete; makes the output visible.
  return has(state.load(memory_order_acquire), complete);
}

inline bool is_settled(const atomic<word>& state) noexcept {
  // acquire: [task.join]; the runner's use of the waker is over.
  const word seen = state.load(memory_order_acquire);
  return has(seen, complete) && !has(seen, join_waker);
}

}  // namespace edo::inline v0::detail::task_state
