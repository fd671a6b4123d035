#include "driver/timer_heap.hpp"

#include <utility>

namespace edo::inline v0::detail {

/// Links two heaps, either of which may be empty. A root has no sibling and no back.
timer_entry* timer_heap::meld(timer_entry* a, timer_entry* b) noexcept {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  if (b->deadline_ns_ < a->deadline_ns_) std::swap(a, b);
  b->sibling_ = a->child_;
  if (b->sibling_ != nullptr) b->sibling_->back_ = b;
  b->back_ = a;
  a->child_ = b;
  return a;
}

/// Makes one heap of a list of siblings, in two passes: pairs from the left, then all of them from
/// the right.
timer_entry* timer_heap::merge_siblings(timer_entry* first) noexcept {
  timer_entry* pairs = nullptr;  // a stack through sibling_
  while (first != nullptr) {
    timer_entry* a = first;
    timer_entry* b = a->sibling_;
    first = b != nullptr ? b->sibling_ : nullptr;
    a->sibling_ = a->back_ = nullptr;
    if (b != nullptr) b->sibling_ = b->back_ = nullptr;
    timer_entry* pair = meld(a, b);
    pair->sibling_ = pairs;
    pairs = pair;
  }
  timer_entry* whole = nullptr;
  while (pairs != nullptr) {
    timer_entry* next = std::exchange(pairs->sibling_, nullptr);
    whole = meld(whole, pairs);
    pairs = next;
  }
  return whole;
}

void timer_heap::push(timer_entry& entry) noexcept {
  entry.child_ = entry.sibling_ = entry.back_ = nullptr;
  root_ = meld(root_, &entry);
}

void timer_heap::erase(timer_entry& entry) noexcept {
  timer_entry* below = merge_siblings(std::exchange(entry.child_, nullptr));
  if (&entry == root_) {
    root_ = below;
    return;
  }
  timer_entry* back = std::exchange(entry.back_, nullptr);
  timer_entry* sibling = std::exchange(entry.sibling_, nullptr);
  (back->child_ == &entry ? back->child_ : back->sibling_) = sibling;
  if (sibling != nullptr) sibling->back_ = back;
  root_ = meld(root_, below);
}

timer_entry* timer_heap::pop() noexcept {
  timer_entry* first = root_;
  if (first != nullptr) erase(*first);
  return first;
}

}  // namespace edo::inline v0::detail
