/// One waker, registered by a task and woken by anybody, without a lock.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/future/waker.hpp"

#include <cstdint>

namespace edo::inline v0 {

/// Holds the waker of the one task that waits for an event.
///
/// The consumer calls `register_waker` and *then* looks whether the event has happened; producers
/// make it happen and *then* call `wake`. Whatever the interleaving, the consumer sees the event or
/// is woken.
///
/// Memory ordering: what happened before a `wake` is visible to the consumer after it was woken,
/// and after a `register_waker` that found the wake already there.
/// Threads: `register_waker` by one thread at a time; `wake` and `take` by any.
/// Errors: none. Allocation: none, beyond what cloning the waker does. Constant-initialised.
/// Source: `tokio::sync::AtomicWaker`, `futures::task::AtomicWaker`.
class EDO_API atomic_waker {
 public:
  constexpr atomic_waker() noexcept = default;
  atomic_waker(const atomic_waker&) = delete;
  atomic_waker& operator=(const atomic_waker&) = delete;
  ~atomic_waker() = default;

  /// Makes `waker` the one to wake, instead of the last.
  /// If a wake is under way at the same time, `waker` is woken.
  void register_waker(const waker& waker) noexcept;

  /// Wakes the registered waker, if there is one, and forgets it.
  void wake() noexcept { take().wake_by_ref(); }

  /// Takes the registered waker out without waking it; empty if there is none, or if it is being
  /// registered right now (the registering thread then wakes it).
  [[nodiscard]] waker take() noexcept;

 private:
  atomic<std::uint32_t> state_{0};
  waker waker_;  // guarded by the bits of state_, see atomic_waker.cpp
};

}  // namespace edo::inline v0
