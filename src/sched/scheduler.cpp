#include "sched/scheduler.hpp"

#include "sched/run_queue.hpp"
#include "task/harness.hpp"

namespace edo::inline v0::detail {

void scheduler::spawn(task_header& task) noexcept {
  launch(task, *this);
  if (tasks_.insert(task)) {
    schedule(task);
  } else {
    reject_task(task);
  }
}

void drop_all(run_queue& queue) noexcept {
  while (task_header* task = queue.pop()) drop_runnable(*task);
}

}  // namespace edo::inline v0::detail
