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

/// Says, for a scope of the library's own code, what this thread does for a runtime, and makes that
/// its current one. Scopes nest.
/// Threads: destroyed on the thread that made it. The caller keeps the runtime's state alive.
class context_scope {
 public:
  context_scope(runtime_state& runtime, thread_region region) noexcept;
  context_scope(const context_scope&) = delete;
  context_scope& operator=(const context_scope&) = delete;
  ~context_scope();

  /// True if a scope of this thread polls tasks of `runtime` or runs its jobs.
  [[nodiscard]] static bool serves(const runtime_state& runtime) noexcept;

  /// The runtime of the innermost scope, or null.
  [[nodiscard]] static runtime_state* innermost() noexcept;

 private:
  thread_state& thread_;
  runtime_state& runtime_;
  const thread_region region_;
  runtime_state* const outer_runtime_;
  const thread_region outer_region_;
  const context_scope* const outer_;
};

}  // namespace edo::inline v0::detail
