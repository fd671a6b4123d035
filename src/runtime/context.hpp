/// The runtime of the calling thread: how timers, sockets and spawn find theirs.
#pragma once

#include "edo/base/config.hpp"

#include "task/thread_state.hpp"

#include <memory>
#include <source_location>

namespace edo::inline v0::detail {

class driver;
class runtime_state;

/// The driver of the current runtime: that of the task or `block_on` that runs on this thread, or
/// of the innermost `enter()` guard. The reference is good until the thread leaves that context;
/// copy it to keep it.
/// Errors: throws `usage_error` EDO-E0009 with `where` if the thread has no runtime.
/// After the runtime's shutdown the driver is still there, and `driver::is_shutdown()` is true.
[[nodiscard]] std::shared_ptr<driver>& current_driver(std::source_location where);

/// The current runtime, or null.
[[nodiscard]] runtime_state* current_runtime() noexcept;

/// The same, but throws `usage_error` EDO-E0009 with `where` and `subject` if there is none.
runtime_state& require_runtime(std::source_location where, const char* subject);

/// Makes `runtime` the current one of this thread, for a scope of the library's own code.
/// Threads: destroyed on the thread that made it. The caller keeps the runtime's state alive.
class context_scope {
 public:
  context_scope(runtime_state* runtime, thread_region region) noexcept
      : thread_(this_thread_state()), saved_(thread_) {
    thread_.runtime = runtime;
    thread_.region = region;
  }
  context_scope(const context_scope&) = delete;
  context_scope& operator=(const context_scope&) = delete;
  ~context_scope() {
    thread_.runtime = saved_.runtime;
    thread_.region = saved_.region;
  }

 private:
  thread_state& thread_;
  const thread_state saved_;
};

}  // namespace edo::inline v0::detail
