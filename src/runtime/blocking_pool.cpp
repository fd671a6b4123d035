#include "runtime/blocking_pool.hpp"

#include "edo/base/assert.hpp"

#include "task/harness.hpp"
#include "task/state.hpp"

#include <algorithm>
#include <utility>

namespace edo::inline v0::detail {

blocking_pool::blocking_pool(thread_environment& environment, options how)
    : environment_(environment), options_(std::move(how)) {}

blocking_pool::~blocking_pool() { EDO_ASSERT(queue_.empty()); }

result<void> blocking_pool::spawn(task_header& job) noexcept {
  launch(job, *this);
  if (!jobs_.insert(job)) {
    reject_task(job);
    return {};
  }
  raw_guard guard(lock_);
  if (stopping_) {
    guard.unlock();
    drop_runnable(job);  // request_shutdown ends it through the list
    return {};
  }
  queue_.push(job);
  queued_max_ = std::max(queued_max_, ++queued_);
  const help wanted = ask_for_help();
  guard.unlock();
  if (wanted == help::wake) work_or_stop_.notify_one();
  if (wanted != help::start) return {};
  const result<void> started = start_thread();
  if (started) return {};
  guard.lock();
  if (threads_ != 0) return {};  // the others will come to it
  run_queue stranded;
  stranded.append(queue_);
  queued_ = 0;
  guard.unlock();
  while (task_header* task = stranded.pop()) {
    task_abort(*task);
    if (run_task(*task) != run_outcome::settled) drop_runnable(*task);
  }
  return started;
}

bool blocking_pool::run(void (*entry)(void*) noexcept, void* data) noexcept {
  raw_guard guard(lock_);
  if (stopping_) return false;
  if (idle_ == 0 && !may_start()) return false;
  try {
    calls_.push_back({entry, data});
  } catch (...) {
    return false;
  }
  const help wanted = ask_for_help();
  guard.unlock();
  if (wanted == help::wake) work_or_stop_.notify_one();
  if (wanted != help::start || start_thread()) return true;
  guard.lock();
  for (auto it = calls_.begin(); it != calls_.end(); ++it) {
    if (it->entry == entry && it->data == data) {
      calls_.erase(it);
      return false;
    }
  }
  return true;  // another thread has taken it
}

bool blocking_pool::may_start() const noexcept { return threads_ - lent_ < options_.threads_max; }

blocking_pool::help blocking_pool::ask_for_help() noexcept {
  if (idle_ != 0) {
    --idle_;
    ++promised_;
    return help::wake;
  }
  if (!may_start()) return help::none;
  ++threads_;
  return help::start;
}

result<void> blocking_pool::start_thread() noexcept {
  join_ended();
  environment_.retain_for_thread();
  add_ref();
  const result<os_thread> thread = os_thread::start(options_.thread, &thread_entry, this);
  if (thread) return {};
  {
    const raw_guard guard(lock_);
    --threads_;
  }
  environment_.release_for_thread();
  drop_ref();
  return std::unexpected(thread.error());
}

void blocking_pool::thread_entry(void* self) noexcept {
  auto& pool = *static_cast<blocking_pool*>(self);
  thread_environment& environment = pool.environment_;
  environment.run_blocking([](void* p) noexcept { static_cast<blocking_pool*>(p)->work(); }, self);
  {
    const raw_guard guard(pool.lock_);
    if (pool.abandoned_) {
      os_thread::current().detach();
    } else {
      pool.ended_.push_back(os_thread::current());
    }
    if (--pool.threads_ == 0) pool.all_ended_.notify_all();
  }
  pool.drop_ref();
  environment.release_for_thread();
}

bool blocking_pool::has_work() const noexcept { return !calls_.empty() || !queue_.empty(); }

void blocking_pool::work() noexcept {
  const raw_guard guard(lock_);
  for (;;) {
    while (has_work()) run_one();
    if (stopping_ || !wait_for_work()) return;
  }
}

// The lock is given up while the job runs.
void blocking_pool::run_one() noexcept {
  if (!calls_.empty()) {
    const call next = calls_.front();
    calls_.pop_front();
    ++lent_;
    // A job that found the bound reached may have a thread now.
    const help wanted = queue_.empty() ? help::none : ask_for_help();
    lock_.unlock();
    if (wanted == help::wake) work_or_stop_.notify_one();
    if (wanted == help::start) static_cast<void>(start_thread());
    next.entry(next.data);
    lock_.lock();
    --lent_;
    return;
  }
  task_header* const job = queue_.pop();
  --queued_;
  lock_.unlock();
  if (run_task(*job) != run_outcome::settled) drop_runnable(*job);
  lock_.lock();
}

// False: the thread has been idle for long enough.
bool blocking_pool::wait_for_work() noexcept {
  const std::int64_t now = monotonic_now_ns();
  std::int64_t deadline = 0;
  if (__builtin_add_overflow(now, options_.keep_alive_ns, &deadline)) deadline = INT64_MAX;
  ++idle_;
  for (;;) {
    const bool in_time = work_or_stop_.wait_until(lock_, deadline);
    if (promised_ != 0) {
      --promised_;
      return true;
    }
    if (stopping_ || !in_time) {
      --idle_;
      return in_time;
    }
  }
}

void blocking_pool::join_ended() noexcept {
  std::vector<os_thread> ended;
  {
    const raw_guard guard(lock_);
    ended.swap(ended_);
  }
  for (os_thread& thread : ended) thread.join();
}

void blocking_pool::request_shutdown() noexcept {
  jobs_.close();
  run_queue left;
  {
    const raw_guard guard(lock_);
    if (std::exchange(stopping_, true)) return;
    left.append(queue_);
    queued_ = 0;
    calls_.clear();
  }
  work_or_stop_.notify_all();
  jobs_.shut_down(INT64_MAX);
  drop_all(left);
  // Callbacks of a stop token are user code: they run without the lock, and the references keep
  // the jobs until then.
  std::vector<task_header*> running;
  jobs_.for_each([&](task_header& job) {
    if (job.ops->request_stop == nullptr) return;
    task_state::add_ref(job.word);
    running.push_back(&job);
  });
  for (task_header* job : running) {
    job->ops->request_stop(*job);
    task_drop_ref(*job);
  }
}

std::size_t blocking_pool::await_shutdown(std::int64_t deadline_ns) noexcept {
  std::size_t left = 0;
  {
    const raw_guard guard(lock_);
    while (threads_ != 0 && all_ended_.wait_until(lock_, deadline_ns)) {
    }
    left = threads_;
    abandoned_ = true;
  }
  join_ended();
  return left;
}

blocking_pool::state blocking_pool::view() noexcept {
  const raw_guard guard(lock_);
  return {threads_, idle_, queued_, queued_max_};
}

bool blocking_pool::has_room() noexcept {
  const raw_guard guard(lock_);
  return queued_ < options_.queue_max || idle_ != 0 || may_start();
}

void blocking_pool::schedule(task_header& job) noexcept { drop_runnable(job); }

}  // namespace edo::inline v0::detail
