/// A runtime of one thread, for tasks that never leave it.
#pragma once

#include "edo/runtime/local_set.hpp"
#include "edo/runtime/runtime.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <utility>

namespace edo::inline v0 {

/// While it lives, `edo::spawn`, `edo::spawn_local`, timers and sockets on this thread use its
/// runtime. Not movable.
class [[nodiscard]] local_runtime_guard {
 public:
  local_runtime_guard(const runtime& of, const local_set& set, std::source_location where)
      : outer_(of.enter(where)), inner_(set.enter(where)) {}

 private:
  enter_guard outer_;
  local_enter_guard inner_;
};

/// A current-thread runtime with a `local_set` of its own: everything runs on the thread that built
/// it, inside `block_on`. The home of a thread-per-core program's shards.
///
///     edo::result<edo::local_runtime> rt = edo::runtime_builder::current_thread().build_local();
///     rt->block_on(serve());   // in serve: edo::spawn_local(session(...))
///
/// `spawn_local` takes what `edo::spawn_local` does; `edo::spawn` works as well. Destroying it, on
/// its thread, cancels its tasks and shuts the runtime down as `runtime` does.
/// Threads: the one that built it; `handle()` is for others.
/// Source: `tokio::runtime::LocalRuntime`.
class [[nodiscard]] local_runtime : public detail::local_spawns<local_runtime> {
 public:
  local_runtime(local_runtime&&) noexcept = default;
  local_runtime& operator=(local_runtime&&) = delete;
  ~local_runtime() { end(); }

  /// Polls `future` until it is ready, and the tasks meanwhile; gives its output.
  /// Errors: as `runtime::block_on`; `usage_error` EDO-E0021 on another thread.
  template <awaitable F>
  output_of<F> block_on(F&& future,
                        std::source_location where = std::source_location::current()) const {
    return set_->block_on(runtime_.handle(), std::forward<F>(future), where);
  }

  /// Runs a callable on the blocking pool: see `edo::spawn_blocking`.
  template <class Fn>
  auto spawn_blocking(Fn&& fn, std::source_location where = std::source_location::current()) const {
    return runtime_.spawn_blocking(std::forward<Fn>(fn), where);
  }

  /// Makes it the calling thread's runtime and set. Errors: `usage_error` EDO-E0021 elsewhere.
  [[nodiscard]] local_runtime_guard enter(
      std::source_location where = std::source_location::current()) const {
    return {runtime_, *set_, where};
  }

  /// A reference for other threads: what they spawn with it also runs here, in `block_on`.
  [[nodiscard]] edo::handle handle() const noexcept { return runtime_.handle(); }

  /// The counters of the runtime; local tasks are not among them.
  [[nodiscard]] runtime_metrics metrics() const noexcept { return runtime_.metrics(); }

  /// Cancels the local tasks, then as `runtime::shutdown_timeout`.
  template <class Rep, class Period>
  shutdown_report shutdown_timeout(std::chrono::duration<Rep, Period> timeout) && {
    end();
    return std::move(runtime_).shutdown_timeout(timeout);
  }

  /// Cancels the local tasks, then as `runtime::shutdown_background`.
  void shutdown_background() && {
    end();
    std::move(runtime_).shutdown_background();
  }

 private:
  friend class runtime_builder;
  friend class detail::local_spawns<local_runtime>;

  local_runtime(runtime&& of, std::unique_ptr<local_set> set) noexcept
      : runtime_(std::move(of)), set_(std::move(set)) {}

  [[nodiscard]] detail::local_tasks& tasks() const noexcept {
    return detail::local_access::tasks(*set_);
  }
  void end() noexcept {
    if (!set_) return;
    const enter_guard context = runtime_.enter();  // for destructors
    set_.reset();
  }

  runtime runtime_;
  std::unique_ptr<local_set> set_;
};

}  // namespace edo::inline v0
