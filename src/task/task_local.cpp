#include "edo/task/task_local.hpp"

#include "task/thread_state.hpp"

namespace edo::inline v0::detail {

local_frame::local_frame(const void* key, void* value) noexcept
    : thread_(this_thread_state()),
      key_(key),
      value_(value),
      task_(thread_.task),
      outer_(thread_.locals) {
  thread_.locals = this;
}

local_frame::~local_frame() { thread_.locals = outer_; }

void* local_frame::find(const void* key) noexcept {
  const thread_state& thread = this_thread_state();
  for (const local_frame* frame = thread.locals; frame != nullptr; frame = frame->outer_) {
    // Outside of tasks all that is around on the native stack is seen, also what a task put there
    // which now blocks in place; a task sees its own frames only.
    const bool visible = thread.task == nullptr || thread.task == frame->task_;
    if (visible && frame->key_ == key) return frame->value_;
  }
  return nullptr;
}

void throw_value_taken(std::source_location where) {
  throw_usage(usage::no_task_local, where, "polled after take_value()");
}

}  // namespace edo::inline v0::detail
