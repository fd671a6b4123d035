#include "sched/multi_thread.hpp"

#include "edo/base/assert.hpp"
#include "edo/future/block_on.hpp"

#include "task/harness.hpp"
#include "task/thread_state.hpp"

#include <utility>

namespace edo::inline v0::detail {

/// A thread that runs tasks; on its stack. Its fields are its own.
struct multi_thread::worker {
  core* held = nullptr;
  bool searching = false;   // it is counted in searching_
  bool takes_turn = false;  // it is inside the driver; wakes on this thread need no other worker
};

multi_thread::multi_thread(ref_ptr<parker> sleeper, thread_environment& environment, options how)
    : parker_(std::move(sleeper)), environment_(environment), options_(std::move(how)) {
  cores_.reserve(options_.workers);
  spare_cores_.reserve(options_.workers);
  threads_.reserve(options_.workers);
  for (std::size_t i = 0; i < options_.workers; ++i) {
    cores_.push_back(std::make_unique<core>());
    spare_cores_.push_back(cores_.back().get());
  }
}

multi_thread::~multi_thread() { EDO_ASSERT(queue_.empty()); }

result<void> multi_thread::start() {
  for (std::size_t i = 0; i < options_.workers; ++i) {
    {
      const raw_guard guard(lock_);
      ++threads_alive_;
    }
    environment_.retain_for_thread();
    add_ref();
    const result<os_thread> thread = os_thread::start(options_.thread, &thread_entry, this);
    if (!thread) {
      {
        const raw_guard guard(lock_);
        --threads_alive_;
      }
      environment_.release_for_thread();
      drop_ref();
      return std::unexpected(thread.error());
    }
    threads_.push_back(*thread);
  }
  return {};
}

void multi_thread::thread_entry(void* self) noexcept {
  auto& owner = *static_cast<multi_thread*>(self);
  thread_environment& environment = owner.environment_;
  owner.work_on_this_thread(false);
  owner.drop_ref();
  environment.release_for_thread();
}

// On a thread of the blocking pool, which keeps the runtime and so this scheduler alive.
void multi_thread::spare_entry(void* self) noexcept {
  auto& owner = *static_cast<multi_thread*>(self);
  {
    const raw_guard guard(owner.lock_);
    if (owner.spare_cores_.empty() || owner.stopping_) return;
    ++owner.spares_alive_;
  }
  owner.work_on_this_thread(true);
}

void multi_thread::work_on_this_thread(bool spare) noexcept {
  environment_.run_worker(
      [](void* self) noexcept {
        worker w;
        static_cast<multi_thread*>(self)->work(w);
      },
      this);
  const raw_guard guard(lock_);
  --(spare ? spares_alive_ : threads_alive_);
  if (threads_alive_ + spares_alive_ == 0) all_ended_.notify_all();
}

void multi_thread::work(worker& self) noexcept {
  thread_state& thread = this_thread_state();
  const void* const outer_scheduler = std::exchange(thread.scheduler, this);
  void* const outer_core = std::exchange(thread.core, &self);
  work_until_stop(self);
  bool stopping = false;
  {
    const raw_guard guard(lock_);
    found_work(self);
    stopping = stopping_;
  }
  if (stopping) {
    if (self.held != nullptr) drop_all(self.held->yielded);
    tasks_.shut_down(INT64_MAX);
    drain_queue();
  }
  thread.core = outer_core;
  thread.scheduler = outer_scheduler;
}

// Returns when the scheduler stops, or when this thread has lost its core to another.
void multi_thread::work_until_stop(worker& self) noexcept {
  for (;;) {
    if (self.held == nullptr) {
      const raw_guard guard(lock_);
      if (stopping_ || !take_spare_core(self)) return;
    }
    if (self.held->polls_since_turn >= options_.event_interval) driver_turn(self);  // INV-4
    if (task_header* task = next_task(self)) {
      ++self.held->polls_since_turn;
      run_task(*task);
      continue;
    }
    if (!self.held->yielded.empty()) {
      driver_turn(self);
      continue;
    }
    const raw_guard guard(lock_);
    if (stopping_) return;
    if (queue_.empty()) sleep(self);
  }
}

bool multi_thread::take_spare_core(worker& self) noexcept {
  if (spare_cores_.empty()) return false;
  self.held = spare_cores_.back();
  spare_cores_.pop_back();
  return true;
}

task_header* multi_thread::next_task(worker& self) noexcept {
  wake_target target = wake_target::nobody;
  task_header* task = nullptr;
  {
    const raw_guard guard(lock_);
    if (stopping_) return nullptr;
    task = queue_.pop();
    if (task == nullptr) return nullptr;
    found_work(self);
    if (!queue_.empty()) target = promise_wake();  // INV-1
  }
  keep_promise(target);
  return task;
}

void multi_thread::found_work(worker& self) noexcept {
  if (std::exchange(self.searching, false)) --searching_;
}

void multi_thread::driver_turn(worker& self) noexcept {
  // If another worker is in the driver, it has its turn already.
  if (parker_->try_acquire()) {
    self.takes_turn = true;
    parker_->poll();
    self.takes_turn = false;
    parker_->release();
  }
  self.held->polls_since_turn = 0;
  const raw_guard guard(lock_);
  queue_.append(self.held->yielded);  // INV-3; this worker looks next, for INV-1
}

// The queue is empty, the lock is held, and it is given up while the worker sleeps.
void multi_thread::sleep(worker& self) noexcept {
  found_work(self);  // it has looked
  if (parker_->try_acquire()) {
    driver_sleeper_ = &self;
    lock_.unlock();
    self.takes_turn = true;
    parker_->park();
    self.takes_turn = false;
    parker_->release();
    lock_.lock();
    // Whoever promised a wake has cleared the pointer and counted this worker as searching; another
    // worker may be the sleeper by now.
    self.searching = driver_sleeper_ != &self;
    if (!self.searching) driver_sleeper_ = nullptr;
    return;
  }
  ++idle_;
  while (promised_ == 0 && !stopping_) work_or_stop_.wait(lock_);
  if (promised_ == 0) {
    --idle_;
    return;
  }
  --promised_;
  self.searching = true;
}

// INV-2: a promise is counted now and kept by keep_promise without the lock.
multi_thread::wake_target multi_thread::promise_wake() noexcept {
  if (searching_ != 0) return wake_target::nobody;
  if (idle_ != 0) {
    --idle_;
    ++promised_;
    ++searching_;
    return wake_target::idle;
  }
  if (driver_sleeper_ != nullptr) {
    driver_sleeper_ = nullptr;
    ++searching_;
    return wake_target::driver;
  }
  return wake_target::nobody;
}

void multi_thread::keep_promise(wake_target target) noexcept {
  switch (target) {
    case wake_target::nobody:
      return;
    case wake_target::idle:
      work_or_stop_.notify_one();
      return;
    case wake_target::driver:
      parker_->unpark();
      return;
  }
}

// The calling thread as a worker of this scheduler, or null.
multi_thread::worker* multi_thread::this_worker() const noexcept {
  const thread_state& thread = this_thread_state();
  return thread.scheduler == this ? static_cast<worker*>(thread.core) : nullptr;
}

void multi_thread::schedule(task_header& task) noexcept {
  const worker* self = this_worker();
  wake_target target = wake_target::nobody;
  {
    raw_guard guard(lock_);
    if (stopping_) {
      guard.unlock();
      drop_runnable(task);
      return;
    }
    queue_.push(task);
    // A worker inside the driver looks at the queue next.
    if (self == nullptr || !self->takes_turn) target = promise_wake();
  }
  keep_promise(target);
}

void multi_thread::reschedule(task_header& task, bool gave_turn) noexcept {
  worker* self = this_worker();
  if (self == nullptr || self->held == nullptr) {
    schedule(task);
    return;
  }
  if (gave_turn) {
    self->held->yielded.push(task);
    return;
  }
  raw_guard guard(lock_);
  if (!stopping_) {
    queue_.push(task);  // this worker looks next, for INV-1
    return;
  }
  guard.unlock();
  drop_runnable(task);
}

void multi_thread::block_on(root_poll& root) {
  thread_parker here;
  for (;;) {
    unsigned budget = poll_budget;
    context cx(here.waker(), &budget);
    if (root.poll(root, cx)) return;
    here.park();
  }
}

bool multi_thread::give_core() noexcept {
  worker* self = this_worker();
  if (self == nullptr || self->held == nullptr) return false;
  wake_target target = wake_target::nobody;
  {
    const raw_guard guard(lock_);
    if (stopping_) return false;
    core* given = std::exchange(self->held, nullptr);
    given->polls_since_turn = 0;
    queue_.append(given->yielded);
    if (!queue_.empty()) target = promise_wake();
    spare_cores_.push_back(given);
  }
  keep_promise(target);
  if (environment_.run_elsewhere(&spare_entry, this)) return true;
  regain_core();  // no thread is to be had: the others wait
  return false;
}

void multi_thread::regain_core() noexcept {
  worker* self = this_worker();
  if (self == nullptr || self->held != nullptr) return;
  const raw_guard guard(lock_);
  static_cast<void>(take_spare_core(*self));
}

void multi_thread::request_shutdown() noexcept {
  tasks_.close();
  {
    const raw_guard guard(lock_);
    stopping_ = true;
  }
  work_or_stop_.notify_all();
  parker_->unpark();
}

bool multi_thread::wait_until_ended(std::int64_t deadline_ns) noexcept {
  const raw_guard guard(lock_);
  while (threads_alive_ + spares_alive_ != 0) {
    if (!all_ended_.wait_until(lock_, deadline_ns)) break;
  }
  return threads_alive_ + spares_alive_ == 0;
}

std::size_t multi_thread::await_shutdown(std::int64_t deadline_ns) noexcept {
  const std::int64_t help_at = monotonic_now_ns() + help_after_ns;
  if (!wait_until_ended(help_at < deadline_ns ? help_at : deadline_ns)) {
    // All workers may be stuck in a poll: what does not run is destroyed here.
    tasks_.shut_down(deadline_ns);
    drain_queue();
  }
  const bool ended = wait_until_ended(deadline_ns);
  for (os_thread& thread : threads_) ended ? thread.join() : thread.detach();
  threads_.clear();
  const raw_guard guard(lock_);
  return threads_alive_;  // the environment counts the spare ones
}

void multi_thread::abandon() noexcept {
  for (os_thread& thread : threads_) thread.detach();
  threads_.clear();
}

void multi_thread::drain_queue() noexcept {
  run_queue left;
  {
    const raw_guard guard(lock_);
    left.append(queue_);
  }
  drop_all(left);
}

}  // namespace edo::inline v0::detail
