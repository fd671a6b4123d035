#include "edo/runtime/detail/launch.hpp"

#include "edo/base/error.hpp"
#include "edo/runtime/blocking.hpp"
#include "edo/runtime/detail/block_on.hpp"

#include "runtime/context.hpp"
#include "runtime/state.hpp"

#include <system_error>
#include <utility>

namespace edo::inline v0::detail {

void launch_task(runtime_state& runtime, task_header& task) noexcept {
  runtime.scheduler().spawn(task);
}

void launch_job(runtime_state& runtime, task_header& job) {
  const result<void> queued = runtime.pool().spawn(job);
  if (!queued) throw std::system_error(queued.error(), "edo::spawn_blocking: no thread");
}

bool has_room_for_job(runtime_state& runtime) noexcept { return runtime.pool().has_room(); }

void launch_job_or_drop(runtime_state& runtime, task_header& job) {
  try {
    launch_job(runtime, job);
  } catch (...) {
    task_join_drop(job, false);
    throw;
  }
}

void run_root(runtime_state& runtime, root_poll& root, std::source_location where) {
  require_blocking_allowed(where, "block_on");
  static_cast<void>(same_process(runtime, where));
  const ref_ptr<runtime_state> alive = [&] {
    runtime.add_ref();
    return ref_ptr<runtime_state>::adopt(&runtime);
  }();
  const context_scope context(runtime, thread_region::async);
  const polling_scope polling;
  // The root is no task, although block_on may stand inside one (in block_in_place).
  struct restored {
    thread_state& thread = this_thread_state();
    task_header* const task = std::exchange(thread.task, nullptr);
    const bool yielded = thread.yielded;
    ~restored() {
      thread.task = task;
      thread.yielded = yielded;
    }
  } const outer;
  struct destroyer {
    root_poll& root;
    ~destroyer() { root.destroy(root); }
  } const guard{root};
  runtime.scheduler().block_on(root);
}

block_in_place_scope::block_in_place_scope(std::source_location where) {
  thread_state& thread = this_thread_state();
  if (thread.region != thread_region::async) return;
  runtime_ = context_scope::innermost();
  if (!runtime_->scheduler().can_give_core()) {
    throw_usage(usage::no_block_in_place, where, nullptr);
  }
  gave_core_ = runtime_->scheduler().give_core();
  thread.region = thread_region::blocking;
}

block_in_place_scope::~block_in_place_scope() {
  if (runtime_ == nullptr) return;
  this_thread_state().region = thread_region::async;
  if (gave_core_) runtime_->scheduler().regain_core();
}

}  // namespace edo::inline v0::detail
