/// The part of a `join_set` that does not depend on its output; nothing here is meant for users.
/// The protocol stands at the head of src/task/join_group.cpp.
#pragma once

#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"
#include "edo/task/detail/header.hpp"

#include <cstddef>
#include <utility>

namespace edo::inline v0::detail {

class join_group;
struct join_node_tag;

/// A child's place in its set. It lies in the child's cell, behind the future.
struct join_node : list_hook<join_node_tag> {
  join_node() noexcept = default;
  /// Before the task is launched only, when there is nothing to move.
  join_node(join_node&& other) noexcept { EDO_DEBUG_ASSERT(other.task == nullptr); }
  join_node& operator=(join_node&&) = delete;

  task_header* task = nullptr;  ///< Immutable after `add`, as is group.
  ref_ptr<join_group> group;
  join_node* next_ready = nullptr;  ///< Guarded by the group's lock; then the owner's.
};

/// What a child's cell keeps beside its future: its node, and the tail that it has anyway.
template <class Tail>
struct join_tail : Tail {
  explicit join_tail(Tail&& tail) noexcept : Tail(std::move(tail)) {}
  join_node node;
};

/// What a set and its children share.
class EDO_API join_group : public ref_counted<join_group> {
 public:
  [[nodiscard]] static ref_ptr<join_group> make();
  static void* operator new(std::size_t size);
  static void operator delete(void* block, std::size_t size) noexcept;
  ~join_group();

  // For the owner, one thread at a time.

  /// Takes in a task that was launched, with its join handle's reference.
  void add(join_node& node, task_header& task) noexcept;

  /// Takes out a child that has finished, or null. Its join interest is the caller's.
  [[nodiscard]] task_header* take_finished() noexcept;

  /// The same; null: `cx`'s waker is registered, under the name `waiter`.
  [[nodiscard]] task_header* poll_finished(context& cx, const void* waiter) noexcept;

  /// Drops the registered waker, if it is `waiter`'s.
  void forget_waiter(const void* waiter) noexcept;

  void abort_all() noexcept;

  /// Gives all children up, after aborting them if told so. Whoever waits is woken. Nothing can be
  /// added any more.
  void end(bool abort) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  join_group() noexcept = default;

  static join_node& node_of(void* data) noexcept { return *static_cast<join_node*>(data); }
  static void finish(join_node& node) noexcept;
  void push(join_node& node) noexcept;
  void take_batch() noexcept EDO_REQUIRES(lock_);
  [[nodiscard]] task_header* remove_first() noexcept;

  static const waker_vtable vtable;

  // owner only
  intrusive_list<join_node, join_node_tag> children_;
  join_node* taken_ = nullptr;
  std::size_t size_ = 0;

  // guarded by lock_
  raw_mutex lock_;
  bool ended_ EDO_GUARDED_BY(lock_) = false;
  join_node* ready_ EDO_GUARDED_BY(lock_) = nullptr;
  join_node* ready_last_ EDO_GUARDED_BY(lock_) = nullptr;  // of a list that is not empty
  waker waiting_ EDO_GUARDED_BY(lock_);
  const void* waiter_ EDO_GUARDED_BY(lock_) = nullptr;  // whose waker that is; only compared
};

/// A set without its output's type.
class EDO_API join_set_base {
 public:
  /// How many children have not been joined; finished ones count until then.
  [[nodiscard]] std::size_t size() const noexcept { return group_ ? group_->size() : 0; }
  [[nodiscard]] bool is_empty() const noexcept { return size() == 0; }

  /// Aborts all children; they stay in the set, and `join_next` gives each one's end: cancelled,
  /// or its result if it had finished. Threads: the set's. Complexity: O(children).
  /// Source: `tokio::task::JoinSet::abort_all`.
  void abort_all() noexcept {
    if (group_) group_->abort_all();
  }

  /// Lets all children go on by themselves, as if their handles had been dropped; the set is empty.
  /// Threads: the set's. Complexity: O(children). Source: `tokio::task::JoinSet::detach_all`.
  void detach_all() noexcept { end(false); }

 protected:
  constexpr join_set_base() noexcept = default;
  join_set_base(join_set_base&& other) noexcept = default;
  join_set_base& operator=(join_set_base&& other) noexcept {
    if (this != &other) {
      end(true);
      group_ = std::move(other.group_);
    }
    return *this;
  }
  ~join_set_base() { end(true); }

  /// The group, made if there is none. Errors: `std::bad_alloc`.
  [[nodiscard]] join_group& group() {
    if (!group_) [[unlikely]]
      group_ = join_group::make();
    return *group_;
  }

  [[nodiscard]] task_header* take_finished() noexcept {
    return group_ ? group_->take_finished() : nullptr;
  }

  /// Ready with a finished child, whose join interest is the caller's, or with null if the set is
  /// empty.
  [[nodiscard]] poll_result<task_header*> poll_finished(context& cx, const void* waiter) noexcept;

 private:
  friend class join_wait;

  void end(bool abort) noexcept;

  ref_ptr<join_group> group_;
};

/// One wait for the next child of a set, which it borrows. It takes its waker back when it is
/// dropped while it waits.
class EDO_API join_wait {
 public:
  explicit join_wait(join_set_base& set) noexcept : set_(&set) {}
  join_wait(join_wait&& other) noexcept : set_(other.set_) {}  // the next poll registers again
  join_wait& operator=(join_wait&&) = delete;
  ~join_wait();

  [[nodiscard]] poll_result<task_header*> poll(context& cx) noexcept;
  [[nodiscard]] join_set_base& set() const noexcept { return *set_; }

 private:
  join_set_base* set_;
  bool waiting_ = false;
};

}  // namespace edo::inline v0::detail
