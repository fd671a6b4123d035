#include "task/state.hpp"

#include "edo/base/assert.hpp"

namespace edo::inline v0::detail::task_state {

static_assert((running | complete | notified | cancelled | join_interest | join_waker | claimed) ==
              (1U << 7U) - 1);
static_assert((flags_mask & ref_one) == 0);

namespace pure {

bool is_legal(word w) noexcept {
  const unsigned owners =
      (has(w, running) ? 1U : 0U) + (has(w, complete) ? 1U : 0U) + (has(w, claimed) ? 1U : 0U);
  if (owners > 1) return false;                                                   // INV-1
  if (has(w, join_waker) && !has_any(w, join_interest | complete)) return false;  // INV-6
  return refs(w) > 0;
}

step<run_effect> to_running(word w) noexcept {
  EDO_ASSERT(has(w, notified) && !has(w, claimed) && refs(w) > 0);
  if (has_any(w, running | complete)) {
    w -= ref_one;
    return {w, refs(w) == 0 ? run_effect::free : run_effect::none};
  }
  w = (w & ~notified) | running;
  return {w, has(w, cancelled) ? run_effect::destroy : run_effect::poll};
}

step<idle_effect> to_idle(word w) noexcept {
  EDO_ASSERT(has(w, running) && refs(w) > 0);
  if (has(w, cancelled)) return {w, idle_effect::destroy};
  w &= ~running;
  if (has(w, notified)) return {w, idle_effect::requeue};  // INV-2
  w -= ref_one;
  return {w, refs(w) == 0 ? idle_effect::free : idle_effect::none};
}

step<complete_effect> to_complete(word w) noexcept {
  EDO_ASSERT(has(w, running) && refs(w) > 0);
  w ^= running | complete;
  if (!has(w, join_interest)) return {w, complete_effect::drop_output};  // INV-4
  return {w, has(w, join_waker) ? complete_effect::wake_joiner : complete_effect::none};
}

step<joiner_effect> joiner_woken(word w) noexcept {
  EDO_ASSERT(has(w, complete | join_waker));
  w &= ~join_waker;
  return {w, has(w, join_interest) ? joiner_effect::none : joiner_effect::drop_waker};
}

step<wake_effect> wake(word w) noexcept {
  EDO_ASSERT(refs(w) > 0);
  if (has_any(w, complete | notified)) {
    w -= ref_one;
    return {w, refs(w) == 0 ? wake_effect::free : wake_effect::none};
  }
  if (has_any(w, running | claimed)) {
    EDO_ASSERT(refs(w) > 1);  // the runner's, or the dump's
    return {(w | notified) - ref_one, wake_effect::none};
  }
  return {w | notified, wake_effect::queue};
}

step<wake_effect> wake_by_ref(word w) noexcept {
  EDO_ASSERT(refs(w) > 0);
  if (has_any(w, complete | notified)) return {w, wake_effect::none};
  if (has_any(w, running | claimed)) return {w | notified, wake_effect::none};
  return {(w | notified) + ref_one, wake_effect::queue};
}

step<wake_effect> to_cancelled(word w) noexcept {
  EDO_ASSERT(refs(w) > 0);
  if (has_any(w, complete | cancelled)) return {w, wake_effect::none};
  // Running: to_idle sees the bit. Notified: to_running does.
  if (has_any(w, running | notified)) return {w | cancelled, wake_effect::none};
  if (has(w, claimed)) return {w | cancelled | notified, wake_effect::none};
  return {(w | cancelled | notified) + ref_one, wake_effect::queue};
}

step<shutdown_effect> to_shutdown(word w) noexcept {
  EDO_ASSERT(refs(w) > 0);
  if (has(w, complete)) return {w, shutdown_effect::none};
  w |= cancelled;
  if (has(w, running)) return {w, shutdown_effect::none};
  if (has(w, claimed)) return {w, shutdown_effect::retry};
  return {w | running, shutdown_effect::destroy};
}

step<bool> set_join_waker(word w) noexcept {
  EDO_ASSERT(has(w, join_interest) && !has(w, join_waker));
  if (has(w, complete)) return {w, false};
  return {w | join_waker, true};
}

step<bool> unset_join_waker(word w) noexcept {
  EDO_ASSERT(has(w, join_interest));
  if (has(w, complete)) return {w, false};
  EDO_ASSERT(has(w, join_waker));
  return {w & ~join_waker, true};
}

step<join_drop_effect> drop_join(word w) noexcept {
  EDO_ASSERT(has(w, join_interest) && refs(w) > 0);
  w &= ~join_interest;
  if (!has(w, complete)) return {w & ~join_waker, {.drop_output = false, .drop_waker = true}};
  return {w, {.drop_output = true, .drop_waker = !has(w, join_waker)}};
}

step<bool> claim(word w) noexcept {
  EDO_ASSERT(refs(w) > 0);
  if (has_any(w, running | complete | notified | claimed)) return {w, false};
  return {(w | claimed) + ref_one, true};
}

step<wake_effect> unclaim(word w) noexcept {
  EDO_ASSERT(has(w, claimed) && refs(w) > 0);
  w &= ~claimed;
  if (has(w, notified)) return {w, wake_effect::queue};
  w -= ref_one;
  return {w, refs(w) == 0 ? wake_effect::free : wake_effect::none};
}

}  // namespace pure

namespace {

/// Applies a pure transition. It always writes, also the same word again: see 6, "wake that finds
/// notified".
template <class Effect>
Effect apply(atomic<word>& state, step<Effect> (*transition)(word) noexcept) noexcept {
  // acquire: pairs with the release below, for what the transition decides on.
  word seen = state.load(memory_order_acquire);
  for (;;) {
    const step<Effect> taken = transition(seen);
    // acq_rel: [task.run], [task.join] and [task.free], as the head of state.hpp says.
    // acquire on failure: as the load above.
    if (state.compare_exchange_weak(seen, taken.next, memory_order_acq_rel, memory_order_acquire)) {
      return taken.effect;
    }
  }
}

}  // namespace

run_effect to_running(atomic<word>& state) noexcept { return apply(state, &pure::to_running); }
idle_effect to_idle(atomic<word>& state) noexcept { return apply(state, &pure::to_idle); }
complete_effect to_complete(atomic<word>& state) noexcept {
  return apply(state, &pure::to_complete);
}
joiner_effect joiner_woken(atomic<word>& state) noexcept {
  return apply(state, &pure::joiner_woken);
}
wake_effect wake(atomic<word>& state) noexcept { return apply(state, &pure::wake); }
wake_effect wake_by_ref(atomic<word>& state) noexcept { return apply(state, &pure::wake_by_ref); }
wake_effect to_cancelled(atomic<word>& state) noexcept { return apply(state, &pure::to_cancelled); }
shutdown_effect to_shutdown(atomic<word>& state) noexcept {
  return apply(state, &pure::to_shutdown);
}
bool set_join_waker(atomic<word>& state) noexcept { return apply(state, &pure::set_join_waker); }
bool unset_join_waker(atomic<word>& state) noexcept {
  return apply(state, &pure::unset_join_waker);
}
join_drop_effect drop_join(atomic<word>& state) noexcept { return apply(state, &pure::drop_join); }
bool claim(atomic<word>& state) noexcept { return apply(state, &pure::claim); }
wake_effect unclaim(atomic<word>& state) noexcept { return apply(state, &pure::unclaim); }

void add_ref(atomic<word>& state) noexcept {
  // relaxed: the caller holds a reference already, and nothing is published by a new one.
  const word before = state.fetch_add(ref_one, memory_order_relaxed);
  EDO_ASSERT(refs(before) > 0 && before < ref_max);
}

bool drop_refs(atomic<word>& state, word count) noexcept {
  // acq_rel: [task.free]; each owner's use of the task happens before its memory is freed.
  const word before = state.fetch_sub(count * ref_one, memory_order_acq_rel);
  EDO_ASSERT(refs(before) >= count);
  return refs(before) == count;
}

bool is_complete(const atomic<word>& state) noexcept {
  // acquire: [task.join] pairs with the release of to_complete; makes the output visible.
  return has(state.load(memory_order_acquire), complete);
}

}  // namespace edo::inline v0::detail::task_state
