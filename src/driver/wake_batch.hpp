/// Wakers collected under a lock, to be woken outside of it.
#pragma once

#include "edo/base/assert.hpp"
#include "edo/future/waker.hpp"

#include <cstddef>
#include <utility>

namespace edo::inline v0::detail {

/// A copy to keep, never empty: so that an empty waker is told from none.
[[nodiscard]] inline waker keep(const waker& polled_with) noexcept {
  return polled_with.empty() ? waker::noop() : polled_with;
}

/// Up to 32 wakers in place. Whoever fills it under a lock stops when it is full, releases the
/// lock, calls `wake_all()`, and goes on. What is left is woken by the destructor.
/// Source: `tokio::util::WakeList`.
class wake_batch {
 public:
  // Large enough that the lock is seldom taken twice, small enough for the stack.
  static constexpr std::size_t capacity = 32;

  wake_batch() noexcept = default;
  wake_batch(const wake_batch&) = delete;
  wake_batch& operator=(const wake_batch&) = delete;
  ~wake_batch() { wake_all(); }

  [[nodiscard]] bool is_full() const noexcept { return count_ == capacity; }

  /// Takes a waker; an empty one does not count. Requires room.
  void push(waker&& woken) noexcept {
    if (woken.empty()) return;
    EDO_DEBUG_ASSERT(!is_full());
    wakers_[count_++] = std::move(woken);
  }

  /// Wakes and forgets them all. Never under a lock.
  void wake_all() noexcept {
    total_ += count_;
    const std::size_t count = std::exchange(count_, 0);
    for (std::size_t i = 0; i < count; ++i) std::move(wakers_[i]).wake();
  }

  /// How many wakers `wake_all()` has woken so far.
  [[nodiscard]] std::size_t total() const noexcept { return total_; }

 private:
  waker wakers_[capacity];
  std::size_t count_ = 0;
  std::size_t total_ = 0;
};

}  // namespace edo::inline v0::detail
