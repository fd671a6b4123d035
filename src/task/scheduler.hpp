/// The seam between a task and whatever runs it.
#pragma once

#include "edo/base/ref_ptr.hpp"
#include "edo/task/detail/header.hpp"
#include "edo/task/hooks.hpp"

namespace edo::inline v0::detail {

/// What hooks are told of a task. The name is good while the task is.
[[nodiscard]] task_meta meta_of(const task_header& task) noexcept;

/// Whom a scheduler tells what. Immutable once tasks run; `fail(data)` shuts the runtime down.
struct scheduler_wiring {
  const runtime_hooks* hooks = nullptr;
  void (*fail)(void* data) noexcept = nullptr;
  void* data = nullptr;
};

/// What a task needs of its scheduler. Each task that has been launched counts as a reference,
/// since a wake may be on its way into `schedule` while everything else of the runtime is gone.
///
/// Threads: any, concurrently. Nothing here polls a task or runs user code inside the call.
class task_scheduler : public ref_counted<task_scheduler> {
 public:
  task_scheduler() noexcept = default;
  task_scheduler(const task_scheduler&) = delete;
  task_scheduler& operator=(const task_scheduler&) = delete;
  virtual ~task_scheduler() = default;

  /// Before the first task.
  void wire(scheduler_wiring to) noexcept { wiring_ = to; }

  /// A task has ended with `error`, an exception, and nobody holds its handle.
  void report_unseen(const task_header& task, const join_error& error) noexcept;

  /// Queues a runnable reference. After shutdown it is dropped.
  virtual void schedule(task_header& task) noexcept = 0;

  /// Takes a completed task out of the owned list. True: the list's reference is now the caller's.
  [[nodiscard]] virtual bool release(task_header& task) noexcept = 0;

 protected:
  [[nodiscard]] const runtime_hooks* hooks() const noexcept { return wiring_.hooks; }

 private:
  scheduler_wiring wiring_;  // immutable once tasks run
};

}  // namespace edo::inline v0::detail
