/// What a runtime, its handles and its threads share.
#pragma once

#include "edo/base/ref_ptr.hpp"
#include "edo/base/result.hpp"
#include "edo/runtime/detail/options.hpp"
#include "edo/runtime/shutdown_report.hpp"

#include "base/fork.hpp"
#include "runtime/blocking_pool.hpp"
#include "sched/scheduler.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>

namespace edo::inline v0::detail {

class driver;

/// Scheduler, blocking pool and driver, counted: by the `runtime`, by handles, by guards, and by
/// each of its threads. That it lives does not mean that it runs.
///
/// Threads: any, unless a member says otherwise.
class runtime_state final : public ref_counted<runtime_state>, private thread_environment {
 public:
  ~runtime_state();

  /// Builds all and starts the workers. Errors: what the system says; everything is cleaned up.
  [[nodiscard]] static result<ref_ptr<runtime_state>> make(const runtime_options& options);

  [[nodiscard]] std::shared_ptr<driver>& io() noexcept { return driver_; }
  [[nodiscard]] detail::scheduler& scheduler() noexcept { return *scheduler_; }
  [[nodiscard]] blocking_pool& pool() noexcept { return *pool_; }
  [[nodiscard]] const runtime_options& options() const noexcept { return options_; }
  /// For other schedulers whose tasks tell this runtime's hooks; they keep a reference.
  [[nodiscard]] scheduler_wiring wiring() noexcept;

  /// Ends everything, waiting until `deadline_ns` at most for what runs. Once, by a thread that
  /// does not serve this runtime.
  [[nodiscard]] shutdown_report shut_down(std::int64_t deadline_ns) noexcept;

  /// The same without waiting, from any thread.
  void shut_down_in_background() noexcept;

  /// True if the calling thread runs a task, a job or a `block_on` of this runtime, also further
  /// out than the innermost.
  [[nodiscard]] bool is_served_here() const noexcept;

  /// True in a child that was forked after this was made: its threads are not there.
  [[nodiscard]] bool is_forked() const noexcept { return fork_generation() != generation_; }

 private:
  explicit runtime_state(const runtime_options& options) : options_(options) {}

  void retain_for_thread() noexcept override { add_ref(); }
  void release_for_thread() noexcept override { drop_ref(); }
  void run_worker(void (*body)(void*) noexcept, void* data) noexcept override;
  void run_blocking(void (*body)(void*) noexcept, void* data) noexcept override;
  [[nodiscard]] bool run_elsewhere(void (*entry)(void*) noexcept, void* data) noexcept override;

  /// Called by a scheduler or the pool: a task has failed, and the policy is to shut down.
  void fail() noexcept;

  [[nodiscard]] shutdown_report report(std::size_t threads_left) noexcept;

  // immutable after make
  const runtime_options options_;
  const std::uint32_t generation_ = fork_generation();
  std::shared_ptr<driver> driver_;
  ref_ptr<task_scheduler> scheduler_ref_;
  ref_ptr<task_scheduler> pool_ref_;
  detail::scheduler* scheduler_ = nullptr;
  blocking_pool* pool_ = nullptr;
};

}  // namespace edo::inline v0::detail
