/// A scheduler that runs nothing by itself, for tests of tasks alone.
#pragma once

#include "edo/task/detail/cell.hpp"
#include "edo/task/join_handle.hpp"

#include "task/harness.hpp"
#include "task/owned_list.hpp"
#include "task/scheduler.hpp"

#include <deque>
#include <mutex>
#include <source_location>
#include <utility>

namespace edo_test {

/// Queues what is scheduled; `run_all` polls it on the calling thread.
class fake_scheduler final : public edo::detail::task_scheduler {
 public:
  static edo::detail::ref_ptr<fake_scheduler> make() {
    return edo::detail::ref_ptr<fake_scheduler>::adopt(new fake_scheduler);
  }

  void schedule(edo::detail::task_header& task) noexcept override { push(task); }
  bool release(edo::detail::task_header& task) noexcept override { return owned.remove(task); }

  template <class F>
  edo::join_handle<edo::output_of<F>> spawn(
      F future, std::source_location where = std::source_location::current()) {
    auto& cell = edo::detail::task_cell<F>::make(std::move(future), where);
    edo::detail::launch(cell, *this);
    if (owned.insert(cell)) {
      push(cell);
    } else {
      edo::detail::reject_task(cell);
    }
    return edo::detail::join_access::make<edo::join_handle<edo::output_of<F>>>(cell);
  }

  /// Polls until nothing is queued. Returns how many runnable references were used.
  int run_all() {
    int count = 0;
    while (edo::detail::task_header* task = pop()) {
      run(*task);
      ++count;
    }
    return count;
  }

  /// Runs one, and queues it again if it was woken meanwhile.
  void run(edo::detail::task_header& task) {
    const edo::detail::run_outcome outcome = edo::detail::run_task(task);
    if (outcome == edo::detail::run_outcome::settled) return;
    gave_turn_count += outcome == edo::detail::run_outcome::gave_turn ? 1 : 0;
    push(task);
  }

  edo::detail::task_header* pop() {
    const std::lock_guard guard(lock_);
    if (queue_.empty()) return nullptr;
    edo::detail::task_header* task = queue_.front();
    queue_.pop_front();
    return task;
  }
  std::size_t queued() {
    const std::lock_guard guard(lock_);
    return queue_.size();
  }

  edo::detail::owned_list owned;
  int gave_turn_count = 0;

 private:
  void push(edo::detail::task_header& task) noexcept {
    const std::lock_guard guard(lock_);
    queue_.push_back(&task);
  }

  std::mutex lock_;
  std::deque<edo::detail::task_header*> queue_;
};

using scheduler_ref = edo::detail::ref_ptr<edo::detail::task_scheduler>;

}  // namespace edo_test
