/// The seam between a task and whatever runs it.
#pragma once

#include "edo/base/ref_ptr.hpp"
#include "edo/task/detail/header.hpp"

namespace edo::inline v0::detail {

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

  /// Queues a runnable reference. After shutdown it is dropped.
  virtual void schedule(task_header& task) noexcept = 0;

  /// Takes a completed task out of the owned list. True: the list's reference is now the caller's.
  [[nodiscard]] virtual bool release(task_header& task) noexcept = 0;
};

}  // namespace edo::inline v0::detail
