/// What the flavours of runtime have in common: an owner of tasks that runs them on threads.
#pragma once

#include "edo/task/detail/root.hpp"

#include "task/owned_list.hpp"
#include "task/scheduler.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

/// What a scheduler's threads need of the runtime. It outlives them: each thread counts.
class thread_environment {
 public:
  /// Before a thread is started, on the thread that starts it.
  virtual void retain_for_thread() noexcept = 0;
  /// The thread could not be started, or is about to end.
  virtual void release_for_thread() noexcept = 0;
  /// Runs `body(data)`, which polls tasks, in the runtime's context.
  virtual void run_worker(void (*body)(void*) noexcept, void* data) noexcept = 0;
  /// Runs `body(data)`, which may block, in the runtime's context.
  virtual void run_blocking(void (*body)(void*) noexcept, void* data) noexcept = 0;
  /// Runs `entry(data)` soon on a thread that may block. False: there is none.
  [[nodiscard]] virtual bool run_elsewhere(void (*entry)(void*) noexcept, void* data) noexcept = 0;

 protected:
  ~thread_environment() = default;
};

class scheduler : public task_scheduler {
 public:
  /// Launches a new task and queues it; after a shutdown, ends it as cancelled. Any thread.
  void spawn(task_header& task) noexcept;

  [[nodiscard]] bool release(task_header& task) noexcept final { return tasks_.remove(task); }

  /// Drives `root` on this thread until it is ready, in the runtime's context. Any thread that is
  /// not in a poll. Errors: what the root throws.
  virtual void block_on(root_poll& root) = 0;

  /// Stops polling tasks: no new ones come in, and the threads that run them destroy them. Returns
  /// at once. Any thread, again: nothing.
  virtual void request_shutdown() noexcept = 0;

  /// Waits for that until `deadline_ns`, helping where it can. Once, after `request_shutdown`,
  /// in the runtime's context, by a thread that runs none of the tasks. Returns how many threads
  /// have not ended; they go on alone.
  [[nodiscard]] virtual std::size_t await_shutdown(std::int64_t deadline_ns) noexcept = 0;

  /// The same without waiting, from anywhere.
  virtual void abandon() noexcept = 0;

  /// True if a worker's core can be given to another thread while it blocks.
  [[nodiscard]] virtual bool can_give_core() const noexcept = 0;
  /// Gives the calling thread's core away before it blocks. False: it has none to give.
  [[nodiscard]] virtual bool give_core() noexcept = 0;
  /// Takes a core back after that, if there is one to have; else the thread ends after its poll.
  virtual void regain_core() noexcept = 0;

  [[nodiscard]] owned_list& tasks() noexcept { return tasks_; }

 protected:
  owned_list tasks_;
};

}  // namespace edo::inline v0::detail
