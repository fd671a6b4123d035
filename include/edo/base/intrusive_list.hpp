/// A doubly linked list through its elements: no allocation, O(1) removal from the middle.
#pragma once

#include "edo/base/assert.hpp"

#include <cstddef>

namespace edo::inline v0::detail {

/// What an element of an `intrusive_list` derives from. `Tag` tells several lists apart.
/// An element must not move or die while it is linked (asserted in debug and checked builds).
template <class Tag = void>
class list_hook {
 public:
  constexpr list_hook() noexcept = default;
  list_hook(const list_hook&) = delete;
  list_hook& operator=(const list_hook&) = delete;
  ~list_hook() { EDO_DEBUG_ASSERT(!is_linked()); }

  [[nodiscard]] constexpr bool is_linked() const noexcept { return next_ != nullptr; }

 private:
  template <class T, class U>
  friend class intrusive_list;

  list_hook* next_ = nullptr;
  list_hook* prev_ = nullptr;
};

/// Elements in order, owned by somebody else.
///
/// Threads: none of its own; the caller synchronizes. Complexity: O(1) each operation, no
/// allocation. `T` derives from `list_hook<Tag>`.
template <class T, class Tag = void>
class intrusive_list {
  using hook = list_hook<Tag>;

 public:
  constexpr intrusive_list() noexcept { head_.next_ = head_.prev_ = &head_; }
  intrusive_list(const intrusive_list&) = delete;
  intrusive_list& operator=(const intrusive_list&) = delete;
  ~intrusive_list() {
    EDO_DEBUG_ASSERT(empty());
    head_.next_ = head_.prev_ = nullptr;
  }

  [[nodiscard]] bool empty() const noexcept { return head_.next_ == &head_; }

  /// The first element, or null.
  [[nodiscard]] T* front() noexcept { return empty() ? nullptr : from(head_.next_); }

  /// The element after `item`, or null.
  [[nodiscard]] T* next(T& item) noexcept {
    hook* h = static_cast<hook&>(item).next_;
    return h == &head_ ? nullptr : from(h);
  }

  void push_back(T& item) noexcept { link(head_.prev_, item, &head_); }
  void push_front(T& item) noexcept { link(&head_, item, head_.next_); }

  /// Removes and gives the first element, or null.
  T* pop_front() noexcept {
    T* item = front();
    if (item != nullptr) erase(*item);
    return item;
  }

  /// Removes an element that is linked in this list.
  void erase(T& item) noexcept {
    hook& h = item;
    EDO_DEBUG_ASSERT(h.is_linked());
    h.prev_->next_ = h.next_;
    h.next_->prev_ = h.prev_;
    h.next_ = h.prev_ = nullptr;
  }

  /// Moves all elements of `other` to the end of this list.
  void splice_back(intrusive_list& other) noexcept {
    if (other.empty()) return;
    hook* first = other.head_.next_;
    hook* last = other.head_.prev_;
    other.head_.next_ = other.head_.prev_ = &other.head_;
    first->prev_ = head_.prev_;
    head_.prev_->next_ = first;
    last->next_ = &head_;
    head_.prev_ = last;
  }

 private:
  static T* from(hook* h) noexcept { return static_cast<T*>(h); }

  void link(hook* before, hook& h, hook* after) noexcept {
    EDO_DEBUG_ASSERT(!h.is_linked());
    h.prev_ = before;
    h.next_ = after;
    before->next_ = &h;
    after->prev_ = &h;
  }

  hook head_;
};

}  // namespace edo::inline v0::detail
