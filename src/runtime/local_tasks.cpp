#include "runtime/local_tasks.hpp"

#include "edo/base/assert.hpp"

#include "runtime/state.hpp"
#include "task/thread_state.hpp"

#include <climits>
#include <utility>

namespace edo::inline v0::detail {
namespace {

/// The calling thread's set is `tasks` in this scope.
class set_scope {
 public:
  explicit set_scope(local_tasks& tasks) noexcept
      : thread_(this_thread_state()), outer_(std::exchange(thread_.local_set, &tasks)) {}
  set_scope(const set_scope&) = delete;
  set_scope& operator=(const set_scope&) = delete;
  ~set_scope() { thread_.local_set = outer_; }

 private:
  thread_state& thread_;
  local_tasks* const outer_;
};

ref_ptr<runtime_state> shared(runtime_state* runtime) noexcept {
  if (runtime != nullptr) runtime->add_ref();
  return ref_ptr<runtime_state>::adopt(runtime);
}

}  // namespace

local_tasks::local_tasks(runtime_state* runtime) noexcept
    : home_(&this_thread_state()), runtime_(shared(runtime)) {
  if (runtime != nullptr) wire(runtime->wiring());
}

bool local_tasks::is_home() const noexcept { return home_ == &this_thread_state(); }

void local_tasks::schedule(task_header& task) noexcept {
  if (is_home()) {
    if (closed_) {
      drop_runnable(task);
      return;
    }
    ready_.push(task);
    if (!ticking_) wake_drivers();  // INV-2
    return;
  }
  // The wake that follows may let the home thread end everything else that keeps this.
  add_ref();
  const ref_ptr<local_tasks> alive = ref_ptr<local_tasks>::adopt(this);
  {
    raw_guard guard(lock_);
    if (closed_) {
      guard.unlock();
      drop_runnable(task);
      return;
    }
    remote_.push(task);
  }
  wake_drivers();
}

bool local_tasks::release(task_header& task) noexcept {
  if (hooks() != nullptr && hooks()->task_terminate) hooks()->task_terminate(meta_of(task));
  --alive_;
  return tasks_.remove(task);
}

void local_tasks::spawn(task_header& task) noexcept {
  launch(task, *this);
  if (hooks() != nullptr && hooks()->task_spawn) hooks()->task_spawn(meta_of(task));
  ++alive_;
  if (tasks_.insert(task)) {
    schedule(task);
  } else {
    reject_task(task);
  }
}

void local_tasks::wake_drivers() noexcept {
  {
    const raw_guard guard(lock_);
    woken_.splice_back(waiting_);
  }
  for (;;) {
    waker woken;
    {
      const raw_guard guard(lock_);
      local_driver* driver = woken_.pop_front();
      if (driver == nullptr) return;
      woken.swap(driver->waiting);
    }
    std::move(woken).wake();
  }
}

void local_tasks::remove(local_driver& driver) noexcept {
  waker dropped;
  const raw_guard guard(lock_);
  if (driver.is_linked()) waiting_.erase(driver);  // or from woken_: only the neighbours count
  dropped.swap(driver.waiting);
}

void local_tasks::take_remote() noexcept {
  const raw_guard guard(lock_);
  ready_.append(remote_);
}

task_header* local_tasks::next_task(unsigned polls) noexcept {
  if (polls % remote_interval == 0 || ready_.empty()) take_remote();
  return ready_.pop();
}

void local_tasks::run(task_header& task, thread_state& thread) noexcept {
  const bool hooked = hooks() != nullptr && (hooks()->before_poll || hooks()->after_poll);
  if (hooked) {
    task_add_ref(task);  // its name is told after the poll as well
    if (hooks()->before_poll) hooks()->before_poll(meta_of(task));
  }
  unsigned budget = poll_budget;
  switch (run_task(task, thread, budget)) {
    case run_outcome::settled:
      break;
    case run_outcome::woken:
      ready_.push(task);
      break;
    case run_outcome::gave_turn:
      yielded_.push(task);
      break;
  }
  if (hooked) {
    if (hooks()->after_poll) hooks()->after_poll(meta_of(task));
    task_drop_ref(task);
  }
}

void local_tasks::tick(local_driver& driver, context& cx) noexcept {
  waker fresh(cx.waker());  // cloned and dropped outside of the lock
  {
    const raw_guard guard(lock_);
    driver.waiting.swap(fresh);
    if (!driver.is_linked()) waiting_.push_back(driver);  // INV-1: before the look into remote_
  }
  if (ticking_) return;  // a driver inside a task of the set itself: the outer tick goes on
  const set_scope scope(*this);
  ticking_ = true;
  {
    const running_scope running;
    for (unsigned polls = 0; polls < tick_max; ++polls) {
      task_header* task = next_task(polls);
      if (task == nullptr) break;
      run(*task, running.thread());
    }
  }
  ticking_ = false;
  if (closed_) {  // a task has ended the set
    drop_all(ready_);
    drop_all(yielded_);
    return;
  }
  const bool more = !ready_.empty() || !yielded_.empty();
  ready_.append(yielded_);
  if (!more) return;
  this_thread_state().yielded = true;  // the runtime's driver has its turn first
  wake_drivers();
}

void local_tasks::end() noexcept {
  const set_scope scope(*this);
  {
    const raw_guard guard(lock_);
    closed_ = true;
    ready_.append(remote_);
  }
  tasks_.close();
  tasks_.shut_down(INT64_MAX);
  // A tick further out drops them later: it may hold the queue's front.
  if (!ticking_) {
    drop_all(ready_);
    drop_all(yielded_);
  }
  wake_drivers();
}

}  // namespace edo::inline v0::detail
