#include "sched/scheduler.hpp"

#include "edo/base/error.hpp"

#include "sched/run_queue.hpp"
#include "task/harness.hpp"

#include <system_error>
#include <utility>
#include <vector>

namespace edo::inline v0::detail {

void scheduler::spawn(task_header& task) noexcept {
  launch(task, *this);
  if (hooks() != nullptr && hooks()->task_spawn) hooks()->task_spawn(meta_of(task));
  if (tasks_.insert(task)) {
    schedule(task);
  } else {
    reject_task(task);
  }
}

bool scheduler::release(task_header& task) noexcept {
  if (hooks() != nullptr && hooks()->task_terminate) hooks()->task_terminate(meta_of(task));
  return tasks_.remove(task);
}

run_outcome scheduler::run_hooked(task_header& task,
                                  thread_state& thread,
                                  unsigned& budget) noexcept {
  task_add_ref(task);  // its name is told after the poll as well
  if (hooks()->before_poll) hooks()->before_poll(meta_of(task));
  const run_outcome outcome = run_task(task, thread, budget);
  if (hooks()->after_poll) hooks()->after_poll(meta_of(task));
  task_drop_ref(task);
  return outcome;
}

bool scheduler::tell_park() noexcept {
  if (hooks() == nullptr || !hooks()->thread_park) return false;
  hooks()->thread_park();
  return true;
}

void scheduler::tell_unpark() noexcept {
  if (hooks() != nullptr && hooks()->thread_unpark) hooks()->thread_unpark();
}

void scheduler::fail_roots() noexcept {
  // release: pairs with the acquire in require_alive().
  failed_.store(true, memory_order_release);
  std::vector<waker> wakers;  // woken without the lock
  {
    const raw_guard guard(roots_lock_);
    for (root_registration* root = roots_.front(); root != nullptr; root = roots_.next(*root)) {
      wakers.push_back(root->woken_);
    }
  }
  for (waker& w : wakers) std::move(w).wake();
}

scheduler::root_registration::root_registration(scheduler& owner, const waker& woken) noexcept
    : owner_(owner), woken_(woken) {
  const raw_guard guard(owner_.roots_lock_);
  owner_.roots_.push_back(*this);
}

scheduler::root_registration::~root_registration() {
  const raw_guard guard(owner_.roots_lock_);
  owner_.roots_.erase(*this);
}

void scheduler::root_registration::require_alive() const {
  // acquire: pairs with the release in fail_roots().
  if (owner_.failed_.load(memory_order_acquire)) {
    throw std::system_error(make_error_code(errc::runtime_shutdown), "edo: block_on");
  }
}

void drop_all(run_queue& queue) noexcept {
  while (task_header* task = queue.pop()) drop_runnable(*task);
}

}  // namespace edo::inline v0::detail
