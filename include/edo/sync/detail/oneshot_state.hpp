/// The state word of a oneshot channel.
///
/// 1. PURPOSE. One word says whether a value is there, who still listens, whose waker is lent to
///    whom, and who frees the channel. Callers: send, leave_tx, tx_woken, set_tx_waker,
///    unset_tx_waker: the sender's thread; close, leave_rx, rx_woken, set_rx_waker, unset_rx_waker:
///    the receiver's. Each side is used by one thread at a time.
///
/// 2. BITS, one rule each.
///      value     A value stands in the slot; it is the receiver's. Implies ended.
///      ended     Nothing will be sent any more. Final.
///      closed    Nothing will be accepted any more. Final. A value that came before stays.
///      rx_waker  The receiver's waker is set and lent to the sender.
///      tx_waker  The sender's waker (of `closed()`) is set and lent to the receiver.
///      tx_done   The sender touches the channel no more. Final; implies ended.
///      rx_done   The receiver touches it no more. Final; implies closed.
///
/// 3. DIAGRAM.
///      open --send--> value+ended --receiver takes or drops it, leaves--> rx_done
///       |  --sender leaves--> ended
///       |
///       +--close, receiver leaves--> closed   (a send is refused, and keeps its value)
///      tx_done and rx_done: whoever comes second frees the channel.
///
/// 4. FIELDS. slot: the sender's until value is set, then the receiver's. rx waker: the receiver's
///    without its bit; with it nobody writes it, and the sender that set ended may read it until
///    tx_done. tx waker: the same with the sides exchanged, and closed for ended.
///
/// 5. INVARIANTS.
///    INV-1  The slot's value is destroyed exactly once: by the receiver, if value is set, before
///           rx_done; by the sender, if its send was refused.
///    INV-2  A side that waits is woken: its bit was set before ended (closed), and then the other
///           side saw it in the change that set ended (closed); or it was not, and then setting the
///           bit fails.
///    INV-3  A side that must wake the other sets its done bit only after that: the waker and the
///           channel live until then. The channel is freed once, by the second done bit.
///
/// 6. RACES. Send against close or a receiver that leaves: one word, so the value is accepted or
///    refused, and send knows which. A new waker against a send: the bit cannot be cleared once
///    ended is set, and then the value is there to be taken instead. A receiver that leaves while
///    the sender wakes it: INV-3.
///
/// 7. MODEL TEST: oneshot (with the model checker). Until then oneshot_test enumerates every word
///    and transition, and races the two sides.
///
/// MEMORY ORDERS. Every change is acquire and release at once: release, because what this side did
///    to the slot, to a waker or outside happens before whoever is handed it by a later change
///    (value, a waker bit, the memory); acquire is the same seen from there.
#pragma once

#include "edo/base/assert.hpp"
#include "edo/base/atomic.hpp"

#include <cstdint>

namespace edo::inline v0::detail::oneshot_state {

using word = std::uint32_t;

inline constexpr word value = 1U << 0U;
inline constexpr word ended = 1U << 1U;
inline constexpr word closed = 1U << 2U;
inline constexpr word rx_waker = 1U << 3U;
inline constexpr word tx_waker = 1U << 4U;
inline constexpr word tx_done = 1U << 5U;
inline constexpr word rx_done = 1U << 6U;
inline constexpr word all_bits = (1U << 7U) - 1;

[[nodiscard]] constexpr bool has(word w, word bits) noexcept { return (w & bits) == bits; }

/// What a side owes after its change.
enum class effect : std::uint8_t {
  none,
  wake,     ///< Wake the other side, then call tx_woken or rx_woken.
  free,     ///< The channel is the caller's to free.
  refused,  ///< Of a send: the value stays the sender's.
};

struct step {
  word next;
  effect owed;
};

namespace pure {

/// The value stands in the slot.
[[nodiscard]] constexpr step send(word w) noexcept {
  if (has(w, closed)) return {w, effect::refused};
  w |= value | ended;
  if (has(w, rx_waker)) return {w, effect::wake};
  return {w | tx_done, effect::none};
}

/// The sender leaves without having sent.
[[nodiscard]] constexpr step leave_tx(word w) noexcept {
  w |= ended;
  if (has(w, rx_waker) && !has(w, rx_done)) return {w, effect::wake};
  return {w | tx_done, has(w, rx_done) ? effect::free : effect::none};
}
[[nodiscard]] constexpr step tx_woken(word w) noexcept {
  return {w | tx_done, has(w, rx_done) ? effect::free : effect::none};
}

[[nodiscard]] constexpr step close(word w) noexcept {
  const bool wakes = has(w, tx_waker) && !has(w, closed) && !has(w, tx_done);
  return {w | closed, wakes ? effect::wake : effect::none};
}

/// The receiver leaves; a value was taken or destroyed.
[[nodiscard]] constexpr step leave_rx(word w) noexcept {
  const bool wakes = has(w, tx_waker) && !has(w, closed) && !has(w, ended);
  w |= closed;
  if (wakes) return {w, effect::wake};
  return {w | rx_done, has(w, tx_done) ? effect::free : effect::none};
}
[[nodiscard]] constexpr step rx_woken(word w) noexcept {
  return {w | rx_done, has(w, tx_done) ? effect::free : effect::none};
}

struct flag_step {
  word next;
  bool done;
};
[[nodiscard]] constexpr flag_step set_rx_waker(word w) noexcept {
  if (has(w, ended)) return {w, false};
  return {w | rx_waker, true};
}
[[nodiscard]] constexpr flag_step unset_rx_waker(word w) noexcept {
  if (has(w, ended)) return {w, false};
  return {w & ~rx_waker, true};
}
[[nodiscard]] constexpr flag_step set_tx_waker(word w) noexcept {
  if (has(w, closed)) return {w, false};
  return {w | tx_waker, true};
}
[[nodiscard]] constexpr flag_step unset_tx_waker(word w) noexcept {
  if (has(w, closed)) return {w, false};
  return {w & ~tx_waker, true};
}

/// What every word between two changes fulfils.
[[nodiscard]] constexpr bool is_legal(word w) noexcept {
  if (has(w, value) && !has(w, ended)) return false;
  if (has(w, tx_done) && !has(w, ended)) return false;
  if (has(w, rx_done) && !has(w, closed)) return false;
  return (w & ~all_bits) == 0;
}

}  // namespace pure

/// Applies a pure change; returns what it gave.
template <class Step>
Step apply(atomic<word>& state, Step (*change)(word) noexcept) noexcept {
  // acquire: as said above, for what the change decides on.
  word seen = state.load(memory_order_acquire);
  for (;;) {
    const Step taken = change(seen);
    EDO_DEBUG_ASSERT(pure::is_legal(taken.next));
    // acq_rel: as said above; acquire on failure, as the load.
    if (state.compare_exchange_weak(seen, taken.next, memory_order_acq_rel, memory_order_acquire)) {
      return taken;
    }
  }
}

/// The same for a receiver that leaves: `drop_value` is called, at most once, before the change of
/// a word with a value.
template <class DropValue>
effect apply_leave_rx(atomic<word>& state, DropValue drop_value) noexcept {
  // acquire, acq_rel: as in apply().
  word seen = state.load(memory_order_acquire);
  bool dropped = false;
  for (;;) {
    if (has(seen, value) && !dropped) {
      dropped = true;
      drop_value();
    }
    const step taken = pure::leave_rx(seen);
    if (state.compare_exchange_weak(seen, taken.next, memory_order_acq_rel, memory_order_acquire)) {
      return taken.owed;
    }
  }
}

}  // namespace edo::inline v0::detail::oneshot_state
