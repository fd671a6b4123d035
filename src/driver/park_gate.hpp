/// Who sleeps in the reactor, and how it is woken: the word behind park and unpark.
///
/// 1. One thread at a time, the holder of the driver, calls `enter` and `leave` around its wait in
///    the reactor; any thread calls `unpark`, after it has made visible what the holder must see.
/// 2. The word is one of three states:
///      open      nobody waits, nobody has called
///      parked    the holder waits in the reactor, or is about to
///      notified  somebody has called since the holder last looked
/// 3.
///      open --enter--> parked --leave--> open
///        |                |
///        +-- unpark -->  notified <-- unpark (writes to the eventfd) --+ from parked
///      notified --enter--> open (and the holder does not sleep);  notified --leave--> open
/// 4. The word is the only field; all threads change it, by read-modify-writes alone.
/// 5. INV-1 An unpark before `enter` makes `enter` refuse; one after it finds `parked` and wakes
///          the reactor. There is no third case, since both change one word.
///    INV-2 What a thread wrote before `unpark` is visible after the `enter` or `leave` that takes
///          its call: every unpark is a release of the word, also one that finds `notified`, and
///          `enter` and `leave` acquire. (So unpark may not be skipped after a plain load.)
///    INV-3 A system call is spent only on a holder that sleeps or is about to.
/// 6. Races. unpark against leave: the write to the eventfd may land after the holder has left;
///    the next wait then returns at once, for nothing, once. Two unparks: the second finds
///    `notified`; the first one's write wakes for both.
/// 7. Model test: parker (with the model checker); until then driver_stress_test.
#pragma once

#include "edo/base/atomic.hpp"

#include "driver/reactor.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class park_gate {
 public:
  explicit park_gate(reactor& woken) noexcept : reactor_(woken) {}
  park_gate(const park_gate&) = delete;
  park_gate& operator=(const park_gate&) = delete;

  /// The holder is about to sleep. False: it was called meanwhile, and must not.
  [[nodiscard]] bool enter() noexcept {
    std::uint32_t expected = open;
    // acquire: pairs with the release in unpark(), whose call is taken here if this fails.
    if (word_.compare_exchange_strong(expected, parked, memory_order_acquire,
                                      memory_order_acquire)) {
      return true;
    }
    leave();
    return false;
  }

  /// The holder is awake again; calls until now are taken. True: there was one.
  bool leave() noexcept {
    // acquire: pairs with the release in unpark() (INV-2).
    return word_.exchange(open, memory_order_acquire) == notified;
  }

  /// Makes the holder return from its wait, or not begin its next one. Async-signal-safe.
  void unpark() noexcept {
    // release: pairs with the acquire in enter() and leave() (INV-2).
    if (word_.exchange(notified, memory_order_release) == parked) reactor_.wake();
  }

 private:
  static constexpr std::uint32_t open = 0;
  static constexpr std::uint32_t parked = 1;
  static constexpr std::uint32_t notified = 2;

  reactor& reactor_;
  atomic<std::uint32_t> word_{open};
};

}  // namespace edo::inline v0::detail
