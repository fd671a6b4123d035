/// What a runtime tells of its tasks and threads, to whoever asked for it.
#pragma once

#include "edo/base/hook.hpp"
#include "edo/task/id.hpp"

#include <exception>
#include <source_location>
#include <string_view>

namespace edo::inline v0 {

/// A task, as hooks see it. The views are good during the call.
struct task_meta {
  task_id id;
  std::string_view name;         ///< Empty if it has none.
  std::source_location spawned;  ///< The call of `spawn`.
};

/// An exception that left the body of a task whose handle was dropped: nobody will see it.
struct unhandled_exception {
  task_meta task;
  std::exception_ptr exception;
};

/// What happens then.
enum class unhandled_policy : unsigned char {
  log,        ///< A line to standard error, with the task and its `what()`.
  ignore,     ///< Nothing.
  shut_down,  ///< A line, and the runtime shuts down in the background: every `block_on` on it
              ///< that goes on throws `std::system_error` with `errc::runtime_shutdown`.
};

namespace detail {

/// All of a runtime's hooks. Immutable once the runtime is built.
struct runtime_hooks {
  hook<void()> thread_start;
  hook<void()> thread_stop;
  hook<void()> thread_park;
  hook<void()> thread_unpark;
  hook<void(const task_meta&)> task_spawn;
  hook<void(const task_meta&)> before_poll;
  hook<void(const task_meta&)> after_poll;
  hook<void(const task_meta&)> task_terminate;
  hook<void(const unhandled_exception&)> unhandled;
  unhandled_policy policy = unhandled_policy::log;
};

}  // namespace detail

}  // namespace edo::inline v0
