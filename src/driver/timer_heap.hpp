/// Deadlines in order: a pairing heap through the entries themselves.
#pragma once

#include "edo/driver/timer_entry.hpp"

namespace edo::inline v0::detail {

/// Pure data structure: no clock, no lock, no allocation; entries are the caller's and stay where
/// they are while they are in.
///
/// Complexity: `first` and `push` O(1); `pop` and `erase` O(log n) amortized, without recursion.
/// Entries of equal deadlines come out in no particular order.
/// Source: Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap", 1986.
class timer_heap {
 public:
  timer_heap() noexcept = default;
  timer_heap(const timer_heap&) = delete;
  timer_heap& operator=(const timer_heap&) = delete;

  /// The entry with the earliest deadline, or null.
  [[nodiscard]] timer_entry* first() const noexcept { return root_; }

  void push(timer_entry& entry) noexcept;

  /// Takes out `entry`, which is in this heap.
  void erase(timer_entry& entry) noexcept;

  /// Takes out and gives the first entry, or null.
  timer_entry* pop() noexcept;

 private:
  static timer_entry* meld(timer_entry* a, timer_entry* b) noexcept;
  static timer_entry* merge_siblings(timer_entry* first) noexcept;

  timer_entry* root_ = nullptr;
};

}  // namespace edo::inline v0::detail
