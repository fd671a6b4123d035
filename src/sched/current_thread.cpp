#include "sched/current_thread.hpp"

#include "edo/base/assert.hpp"
#include "edo/future/waker.hpp"

#include "task/harness.hpp"
#include "task/thread_state.hpp"

#include <optional>
#include <utility>

namespace edo::inline v0::detail {
namespace {

/// Polls once with a fresh budget. True: ready.
bool poll_root(root_poll& root, const waker& woken, bool& gave_turn) {
  thread_state& thread = this_thread_state();
  thread.yielded = false;
  unsigned budget = poll_budget;
  context cx(woken, &budget);
  const bool ready = root.poll(root, cx);
  gave_turn = thread.yielded || budget == 0;
  return ready;
}

}  // namespace

/// The waker of one `block_on`, and where its thread waits. Counted: wakers outlive the call.
class current_thread::root_signal : public list_hook<>, public ref_counted<root_signal> {
 public:
  explicit root_signal(current_thread& owner) noexcept
      : owner_(owner), thread_(&this_thread_state()) {
    owner_.add_ref();
  }
  ~root_signal() { owner_.drop_ref(); }

  [[nodiscard]] bool is_woken() const noexcept {
    // acquire: pairs with the release in wake(), which the poll must see what happened before.
    return woken_.load(memory_order_acquire);
  }
  [[nodiscard]] bool take_woken() noexcept {
    // acquire: as above. It is an exchange so that each wake's release stays in the sequence.
    return woken_.exchange(false, memory_order_acquire);
  }

  void wake() noexcept {
    // release: pairs with the acquire in take_woken().
    if (woken_.exchange(true, memory_order_release)) return;
    if (thread_ == &this_thread_state()) return;  // it looks before it sleeps
    {
      const raw_guard guard(owner_.lock_);
      told.notify_one();
    }
    owner_.parker_->unpark();
  }

  static const waker_vtable vtable;

  raw_condition told;

 private:
  static root_signal& of(void* data) noexcept { return *static_cast<root_signal*>(data); }

  current_thread& owner_;
  const thread_state* const thread_;
  atomic<bool> woken_{true};  // the first poll
};

constinit const waker_vtable current_thread::root_signal::vtable{
    [](void* data) noexcept { of(data).add_ref(); },
    [](void* data) noexcept {
      of(data).wake();
      of(data).drop_ref();
    },
    [](void* data) noexcept { of(data).wake(); }, [](void* data) noexcept { of(data).drop_ref(); }};

/// Holds the core or not; gives it back when the scope ends.
class current_thread::core_scope {
 public:
  explicit core_scope(current_thread& owner) noexcept : owner_(owner) {}
  core_scope(const core_scope&) = delete;
  core_scope& operator=(const core_scope&) = delete;
  ~core_scope() { release(); }

  [[nodiscard]] bool held() const noexcept { return held_; }

  /// The core has been taken by this thread.
  void adopt() noexcept {
    held_ = true;
    owner_.core_.awake_ns = monotonic_now_ns();
    running_.emplace(owner_, nullptr);
  }
  void release() noexcept {
    if (!std::exchange(held_, false)) return;
    while (!owner_.release_core()) owner_.destroy_tasks();
    running_.reset();
  }

 private:
  current_thread& owner_;
  std::optional<scheduler_scope> running_;
  bool held_ = false;
};

current_thread::current_thread(ref_ptr<parker> sleeper, unsigned event_interval) noexcept
    : parker_(std::move(sleeper)), event_interval_(event_interval) {}

current_thread::~current_thread() { EDO_ASSERT(core_.ready.empty() && core_.yielded.empty()); }

bool current_thread::has_core() const noexcept { return this_thread_state().scheduler == this; }

void current_thread::schedule(task_header& task) noexcept {
  if (has_core()) {
    counters_.local_schedules.add(1);
    push_ready(task);
    return;
  }
  {
    raw_guard guard(lock_);
    if (closed_) {
      guard.unlock();
      drop_runnable(task);
      return;
    }
    injected_.push(task);
    injected_total_.add(1);
    injected_depth_.add(1);
    // relaxed: a hint; INV-1 is kept by the unpark, which releases it.
    has_injected_.store(true, memory_order_relaxed);
  }
  parker_->unpark();
}

bool current_thread::try_take_core() noexcept {
  const raw_guard guard(lock_);
  if (core_taken_ || closed_) return false;
  core_taken_ = true;
  return true;
}

// Sleeps until the core is this thread's (true) or the root is woken (false).
bool current_thread::wait_for_core(root_signal& root) noexcept {
  const raw_guard guard(lock_);
  waiting_.push_back(root);
  bool taken = false;
  for (;;) {
    if (!core_taken_ && !closed_) {  // first, for INV-2
      core_taken_ = true;
      taken = true;
      break;
    }
    if (root.is_woken()) break;
    root.told.wait(lock_);
  }
  waiting_.erase(root);
  return taken;
}

// False: a shutdown was requested while this thread had the core, and nobody else may have taken
// it upon himself to destroy the tasks.
bool current_thread::release_core() noexcept {
  const raw_guard guard(lock_);
  // relaxed: a request that found the core taken came before this hold of the lock.
  if (!closed_ && stop_.load(memory_order_relaxed)) return false;
  core_taken_ = false;
  core_free_.notify_all();
  if (root_signal* next = waiting_.front()) next->told.notify_one();
  return true;
}

void current_thread::take_injected() noexcept {
  // relaxed: a hint; before sleeping, the unpark that follows a push is acquired by the parker.
  if (!has_injected_.load(memory_order_relaxed)) return;
  const raw_guard guard(lock_);
  core_.ready.append(injected_);
  depth_.add(injected_depth_.get());
  injected_depth_.set(0);
  // relaxed: as above.
  has_injected_.store(false, memory_order_relaxed);
}

task_header* current_thread::next_task() noexcept {
  if (++core_.polls % injected_interval == 0 || core_.ready.empty()) take_injected();
  task_header* task = core_.ready.pop();
  if (task != nullptr) depth_.set(depth_.get() - 1);
  return task;
}

void current_thread::run_tasks(const root_signal& root) noexcept {
  const running_scope running;
  // A woken root is polled after one round at the latest, so that tasks cannot starve it.
  while (core_.polls_since_turn < event_interval_) {
    // relaxed: a hint; request_shutdown unparks after setting it.
    if (stop_.load(memory_order_relaxed)) return;
    task_header* task = next_task();
    if (task == nullptr) return;
    ++core_.polls_since_turn;
    unsigned budget = poll_budget;
    counters_.polls.add(1);
    switch (run(*task, running.thread(), budget)) {
      case run_outcome::settled:
        break;
      case run_outcome::woken:
        push_ready(*task);
        break;
      case run_outcome::gave_turn:
        if (budget == 0) counters_.forced_yields.add(1);
        core_.yielded.push(*task);
        ++core_.yielded_count;
        break;
    }
    if (core_.ready.empty() && root.is_woken()) return;
  }
}

void current_thread::push_ready(task_header& task) noexcept {
  core_.ready.push(task);
  depth_.add(1);
}

// There is nothing to do, and this thread drives.
void current_thread::sleep(const root_signal& root) noexcept {
  if (tell_park() && (!core_.ready.empty() || root.is_woken())) {  // the hook has made work
    parker_->poll();
  } else {
    const std::int64_t began_ns = monotonic_now_ns();
    counters_.busy_ns.add(static_cast<std::uint64_t>(began_ns - core_.awake_ns));
    counters_.parks.add(1);
    parker_->park(-1);
    counters_.unparks.add(1);
    if (core_.ready.empty()) counters_.noop_unparks.add(1);
    core_.awake_ns = monotonic_now_ns();
  }
  tell_unpark();
}

// Gives the driver a turn, and sleeps in it if there is nothing else to do.
void current_thread::turn(const root_signal& root, bool root_gave_turn) noexcept {
  take_injected();
  const bool yielded = root_gave_turn || !core_.yielded.empty();
  const bool due = core_.polls_since_turn >= event_interval_;
  const bool ready = !core_.ready.empty() || root.is_woken();
  if (!due && !yielded && ready) return;
  const bool drives = parker_->try_acquire();
  EDO_ASSERT(drives);  // nobody drives without the core
  // relaxed: a hint, as in run_tasks.
  if (ready || yielded || stop_.load(memory_order_relaxed)) {
    parker_->poll();
  } else {
    sleep(root);
  }
  parker_->release();
  core_.polls_since_turn = 0;
  core_.ready.append(core_.yielded);  // INV-3
  depth_.add(std::exchange(core_.yielded_count, 0));
}

void current_thread::destroy_tasks() noexcept {
  tasks_.shut_down(INT64_MAX);
  raw_guard guard(lock_);
  closed_ = true;
  core_.ready.append(injected_);
  guard.unlock();
  depth_.set(0);
  drop_all(core_.ready);
  drop_all(core_.yielded);
}

void current_thread::block_on(root_poll& root) {
  const ref_ptr<root_signal> signal = ref_ptr<root_signal>::adopt(new root_signal(*this));
  const borrowed_waker waker(signal.get(), &root_signal::vtable);
  const root_registration registration(*this, waker.get());
  core_scope mine(*this);
  if (try_take_core()) mine.adopt();
  bool gave_turn = false;
  for (;;) {
    if (signal->take_woken()) {
      if (poll_root(root, waker.get(), gave_turn)) return;
      registration.require_alive();
    }
    if (!mine.held() && wait_for_core(*signal)) mine.adopt();
    if (!mine.held()) continue;
    run_tasks(*signal);
    turn(*signal, std::exchange(gave_turn, false));
    // relaxed: a hint, as in run_tasks.
    if (stop_.load(memory_order_relaxed)) mine.release();  // the root goes on alone
  }
}

void current_thread::request_shutdown() noexcept {
  tasks_.close();
  // relaxed: a hint for the thread with the core, published by the unpark.
  stop_.store(true, memory_order_relaxed);
  parker_->unpark();
}

std::size_t current_thread::injected_depth() const noexcept {
  return static_cast<std::size_t>(injected_depth_.get());
}

std::size_t current_thread::await_shutdown(std::int64_t deadline_ns) noexcept {
  {
    const raw_guard guard(lock_);
    while (core_taken_ && core_free_.wait_until(lock_, deadline_ns)) {
    }
    if (core_taken_) return 1;
  }
  abandon();
  return 0;
}

void current_thread::abandon() noexcept {
  if (!try_take_core()) return;  // it is closed, or the thread with the core will do it
  core_scope mine(*this);
  mine.adopt();  // giving it back destroys the tasks
}

}  // namespace edo::inline v0::detail
