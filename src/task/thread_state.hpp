/// What a thread knows of edo: the one thread-local of tasks and runtimes, and the way to it.
#pragma once

#include "edo/base/config.hpp"

#include <cstdint>

namespace edo::inline v0 {
class enter_guard;
}  // namespace edo::inline v0

namespace edo::inline v0::detail {

class context_scope;
class local_frame;
class local_tasks;
class runtime_state;
class task_scheduler;
struct task_header;

/// What a thread is doing for a runtime.
enum class thread_region : std::uint8_t {
  outside,   ///< Nothing, or only an `enter()` guard is held.
  async,     ///< It polls tasks, or the root future of `block_on`.
  blocking,  ///< It runs a job of `spawn_blocking`, or `block_in_place`.
};

/// Trivial, so that it is there before the first constructor and after the last destructor of a
/// thread: a runtime may be destroyed, and a waker woken, from a thread-local's destructor.
struct thread_state {
  runtime_state* runtime = nullptr;      ///< The current runtime; whoever entered keeps it alive.
  enter_guard* guard = nullptr;          ///< The innermost `enter()` guard.
  const context_scope* scope = nullptr;  ///< What the thread does for which runtimes, innermost.
  task_header* task = nullptr;           ///< The task that is polled or destroyed here.
  task_scheduler* scheduler = nullptr;   ///< Whose tasks this thread runs.
  void* core = nullptr;                  ///< What that scheduler keeps for the thread.
  std::uint64_t next_id = 0;             ///< Numbers for tasks that this thread launches ...
  std::uint64_t end_id = 0;              ///< ... up to here.
  std::uint32_t scheduler_refs = 0;      ///< References to `scheduler` in stock.
  thread_region region = thread_region::outside;
  bool yielded = false;                 ///< `yield_now` was polled in the poll that runs.
  const local_frame* locals = nullptr;  ///< The task-local values seen here, innermost first.
  local_tasks* local_set = nullptr;     ///< Where `spawn_local` puts tasks.
};

/// This thread's. A compiler may keep a thread-local's address across a `co_await`, after which the
/// coroutine runs on another thread; so nothing but this function reads it, and it is not inlined.
[[nodiscard, gnu::noinline]] thread_state& this_thread_state() noexcept;

/// This thread runs the tasks of a scheduler in this scope. Scopes nest. The scheduler lives as
/// long.
class scheduler_scope {
 public:
  scheduler_scope(task_scheduler& scheduler, void* core) noexcept
      : thread_(this_thread_state()),
        scheduler_(thread_.scheduler),
        core_(thread_.core),
        refs_(thread_.scheduler_refs) {
    thread_.scheduler = &scheduler;
    thread_.core = core;
    thread_.scheduler_refs = 0;
  }
  scheduler_scope(const scheduler_scope&) = delete;
  scheduler_scope& operator=(const scheduler_scope&) = delete;
  ~scheduler_scope();

 private:
  thread_state& thread_;
  task_scheduler* const scheduler_;
  void* const core_;
  const std::uint32_t refs_;
};

/// Tasks run on this thread in this scope: `thread_state::task` and `yielded` belong to it, and are
/// what they were before when it ends. Scopes nest (a runtime driven inside `block_in_place`).
class running_scope {
 public:
  running_scope() noexcept
      : thread_(this_thread_state()), task_(thread_.task), yielded_(thread_.yielded) {
    thread_.task = nullptr;
    thread_.yielded = false;
  }
  running_scope(const running_scope&) = delete;
  running_scope& operator=(const running_scope&) = delete;
  ~running_scope() {
    thread_.task = task_;
    thread_.yielded = yielded_;
  }

  [[nodiscard]] thread_state& thread() const noexcept { return thread_; }

 private:
  thread_state& thread_;  // code that is run does not change threads inside the scope
  task_header* const task_;
  const bool yielded_;
};

}  // namespace edo::inline v0::detail
