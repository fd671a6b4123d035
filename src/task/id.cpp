#include "edo/task/id.hpp"

#include "edo/base/usage.hpp"
#include "edo/task/detail/header.hpp"

#include "task/thread_state.hpp"

namespace edo::inline v0::this_task {

std::optional<task_id> try_id() noexcept {
  const detail::task_header* task = detail::this_thread_state().task;
  if (task == nullptr) return std::nullopt;
  return task_id(task->id);
}

task_id id(std::source_location where) {
  const std::optional<task_id> found = try_id();
  if (!found) detail::throw_usage(usage::no_runtime, where, "edo::this_task::id outside of a task");
  return *found;
}

}  // namespace edo::inline v0::this_task
