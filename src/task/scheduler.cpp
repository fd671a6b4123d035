#include "task/scheduler.hpp"

#include <cstdio>
#include <string>

namespace edo::inline v0::detail {

task_meta meta_of(const task_header& task) noexcept {
  return {task_id(task.id), task.ops->name != nullptr ? task.ops->name(task) : std::string_view(),
          task.spawned};
}

void task_scheduler::report_unseen(const task_header& task, const join_error& error) noexcept {
  const runtime_hooks* hooks = wiring_.hooks;
  if (hooks != nullptr && hooks->unhandled) {
    hooks->unhandled({meta_of(task), error.exception()});
    return;
  }
  const unhandled_policy policy = hooks != nullptr ? hooks->policy : unhandled_policy::log;
  if (policy == unhandled_policy::ignore) return;
  const std::string name(meta_of(task).name);
  std::fprintf(stderr, "edo: %s; its handle was dropped [%s%sspawned at %s:%u]\n",
               error.message().c_str(), name.c_str(), name.empty() ? "" : ", ",
               task.spawned.file_name(), static_cast<unsigned>(task.spawned.line()));
  if (policy == unhandled_policy::shut_down && wiring_.fail != nullptr) {
    wiring_.fail(wiring_.data);
  }
}

}  // namespace edo::inline v0::detail
