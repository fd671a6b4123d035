#include "task/thread_state.hpp"

#include "task/scheduler.hpp"

namespace edo::inline v0::detail {

thread_state& this_thread_state() noexcept {
  static constinit thread_local thread_state state;
  return state;
}

scheduler_scope::~scheduler_scope() {
  task_scheduler& scheduler = *thread_.scheduler;
  const std::uint32_t stock = thread_.scheduler_refs;
  thread_.scheduler = scheduler_;
  thread_.core = core_;
  thread_.scheduler_refs = refs_;
  if (stock != 0) scheduler.drop_refs(stock);
}

}  // namespace edo::inline v0::detail
