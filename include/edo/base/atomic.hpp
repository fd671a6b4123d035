/// Atomics and plain shared data, behind one name: the standard library here, and the model
/// checker's twins when the same sources are compiled for it.
#pragma once

#include "edo/base/config.hpp"

#include <atomic>
#include <utility>

namespace edo::inline v0 {

/// Like `std::atomic<T>`; every operation must name its memory order.
template <class T>
using atomic = std::atomic<T>;

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

/// Keeps the compiler, not the processor, from moving memory accesses across it: the cheap half of
/// a pair whose other half is membarrier(2). Nothing else is ordered by it.
inline void compiler_fence() noexcept {
  // seq_cst: for a compiler all orders of a signal fence are one.
  std::atomic_signal_fence(memory_order_seq_cst);
}

/// Plain data shared between threads under a protocol. `with_mut` and `with` mark each access, so
/// that a checker can see two of them overlap; here they cost nothing.
///
/// Threads: whoever the protocol says. Source: loom's `UnsafeCell`.
template <class T>
class cell {
 public:
  template <class... Args>
  explicit constexpr cell(Args&&... args) : value_(std::forward<Args>(args)...) {}
  cell(const cell&) = delete;
  cell& operator=(const cell&) = delete;

  /// Read access.
  template <class Fn>
  constexpr decltype(auto) with(Fn&& fn) const {
    return std::forward<Fn>(fn)(value_);
  }

  /// Exclusive access.
  template <class Fn>
  constexpr decltype(auto) with_mut(Fn&& fn) {
    return std::forward<Fn>(fn)(value_);
  }

 private:
  T value_;
};

}  // namespace edo::inline v0
