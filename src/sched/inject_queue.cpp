#include "sched/inject_queue.hpp"

#include <algorithm>
#include <utility>

namespace edo::inline v0::detail {

bool inject_queue::push(task_header& task) noexcept {
  // relaxed: the compare-exchange decides; nothing of the task on top is read.
  task_header* top = pushed_.load(memory_order_relaxed);
  do {
    if (top == closed()) return false;
    task.queue_next = top;
    // seq_cst: the pusher's half of 6, and the release of INV-2. A mere release would let the look
    // for sleepers that follows pass it. relaxed on failure: tried again.
  } while (!pushed_.compare_exchange_weak(top, &task, memory_order_seq_cst, memory_order_relaxed));
  // relaxed: a statistic, on the line that this thread has just written.
  pushed_count_.fetch_add(1, memory_order_relaxed);
  return true;
}

// Turns the stack round, in place, to the end of ready_.
void inject_queue::absorb(task_header* top) noexcept {
  task_header* first = nullptr;
  std::size_t count = 0;
  while (top != nullptr) {
    task_header* below = std::exchange(top->queue_next, first);
    first = std::exchange(top, below);
    ++count;
  }
  while (first != nullptr) {
    task_header* next = first->queue_next;
    ready_.push(*first);
    first = next;
  }
  // relaxed: written under the lock; read elsewhere as a hint.
  ready_size_.store(ready_size_.load(memory_order_relaxed) + count, memory_order_relaxed);
}

std::size_t inject_queue::take(run_queue& to, std::size_t sharers, std::size_t max) noexcept {
  const raw_guard guard(lock_);
  // relaxed: written under the lock.
  if (ready_size_.load(memory_order_relaxed) < max) {
    // relaxed: a hint.
    task_header* top = pushed_.load(memory_order_relaxed);
    // acquire: INV-2, with the release of each push in the stack. While it is open nobody but a
    // taker, under the lock, removes what is on it; a close may come between.
    while (top != nullptr && top != closed()) {
      if (pushed_.compare_exchange_weak(top, nullptr, memory_order_acquire, memory_order_relaxed)) {
        absorb(top);
        break;
      }
    }
  }
  // relaxed, both: written under the lock.
  const std::size_t size = ready_size_.load(memory_order_relaxed);
  const std::size_t count = std::min({size, max, size / sharers + 1});
  for (std::size_t i = 0; i < count; ++i) to.push(*ready_.pop());
  ready_size_.store(size - count, memory_order_relaxed);
  taken_count_.store(taken_count_.load(memory_order_relaxed) + count, memory_order_relaxed);
  return count;
}

void inject_queue::close(run_queue& to) noexcept {
  const raw_guard guard(lock_);
  // acquire: as in take().
  task_header* top = pushed_.exchange(closed(), memory_order_acquire);
  if (top != closed()) absorb(top);
  to.append(ready_);
  // relaxed, both: written under the lock.
  ready_size_.store(0, memory_order_relaxed);
  taken_count_.store(pushed(), memory_order_relaxed);
}

}  // namespace edo::inline v0::detail
