/// Runnable tasks in order, linked through their headers.
#pragma once

#include "edo/task/detail/header.hpp"

#include <cstddef>
#include <utility>

namespace edo::inline v0::detail {

/// First in, first out; holds the runnable reference of each task in it.
/// Threads: none of its own. Complexity: O(1), no allocation.
class run_queue {
 public:
  run_queue() noexcept = default;
  run_queue(const run_queue&) = delete;
  run_queue& operator=(const run_queue&) = delete;

  [[nodiscard]] bool empty() const noexcept { return head_ == nullptr; }

  void push(task_header& task) noexcept {
    task.queue_next = nullptr;
    (head_ == nullptr ? head_ : tail_->queue_next) = &task;
    tail_ = &task;
  }

  /// The first task, or null.
  [[nodiscard]] task_header* pop() noexcept {
    task_header* task = head_;
    if (task != nullptr) head_ = std::exchange(task->queue_next, nullptr);
    return task;
  }

  /// Moves all tasks of `other` to the end.
  void append(run_queue& other) noexcept {
    if (other.empty()) return;
    (head_ == nullptr ? head_ : tail_->queue_next) = other.head_;
    tail_ = other.tail_;
    other.head_ = nullptr;
  }

 private:
  task_header* head_ = nullptr;
  task_header* tail_ = nullptr;  // of a queue that is not empty
};

/// Drops the runnable references in `queue`, which no other thread uses.
void drop_all(run_queue& queue) noexcept;

}  // namespace edo::inline v0::detail
