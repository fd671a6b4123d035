#include "runtime/state.hpp"

#include "edo/future/block_on.hpp"

#include "driver/driver.hpp"
#include "runtime/context.hpp"
#include "sched/current_thread.hpp"
#include "sched/multi_thread.hpp"
#include "sched/parker.hpp"
#include "task/terminate.hpp"

#include <utility>

namespace edo::inline v0::detail {
namespace {

/// How much longer than it was told a shutdown may wait: threads that are about to end do so in
/// that time, and `shutdown_timeout` promises 50 ms.
constexpr std::int64_t grace_ns = 25'000'000;

/// The driver as the scheduler sees it.
class driver_parker final : public parker {
 public:
  explicit driver_parker(std::shared_ptr<driver> target) noexcept : driver_(std::move(target)) {}

  [[nodiscard]] bool try_acquire() noexcept override { return driver_->try_acquire(); }
  void release() noexcept override { driver_->release(); }
  void park(std::int64_t limit_ns) noexcept override {
    if (limit_ns < 0) {
      driver_->park();
    } else {
      driver_->park_timeout(limit_ns);
    }
  }
  void poll() noexcept override { driver_->poll(); }
  void unpark() noexcept override { driver_->unpark(); }

 private:
  const std::shared_ptr<driver> driver_;
};

std::uint64_t seed_of(const runtime_options& options) noexcept {
  if (options.rng_seed != 0) return options.rng_seed;
  return static_cast<std::uint64_t>(monotonic_now_ns());
}

}  // namespace

result<ref_ptr<runtime_state>> runtime_state::make(const runtime_options& options) {
  install_terminate_report();
  auto io = driver::make();
  if (!io) return std::unexpected(io.error());
  auto state = ref_ptr<runtime_state>::adopt(new runtime_state(options));
  state->driver_ = *std::move(io);
  auto sleeper = ref_ptr<parker>::adopt(new driver_parker(state->driver_));
  const os_thread::options thread{options.thread_name, options.stack_size};
  state->pool_ = new blocking_pool(*state, {options.blocking_threads_max, options.keep_alive_ns,
                                            thread, options.blocking_queue_max});
  state->pool_ref_ = ref_ptr<task_scheduler>::adopt(state->pool_);
  const scheduler_wiring wiring = state->wiring();
  state->pool_->wire(wiring);
  if (options.flavour == runtime_flavour::current_thread) {
    state->scheduler_ = new current_thread(std::move(sleeper), options.event_interval);
    state->scheduler_ref_ = ref_ptr<task_scheduler>::adopt(state->scheduler_);
    state->scheduler_->wire(wiring);
    return state;
  }
  auto* workers = new multi_thread(std::move(sleeper), *state,
                                   {options.workers, options.event_interval, thread,
                                    options.global_queue_interval, seed_of(options)});
  workers->wire(wiring);
  state->scheduler_ = workers;
  state->scheduler_ref_ = ref_ptr<task_scheduler>::adopt(workers);
  const result<void> started = workers->start();
  if (!started) {
    static_cast<void>(state->shut_down(INT64_MAX));
    return std::unexpected(started.error());
  }
  return state;
}

runtime_state::~runtime_state() = default;

scheduler_wiring runtime_state::wiring() noexcept {
  return {&options_.hooks, [](void* self) noexcept { static_cast<runtime_state*>(self)->fail(); },
          this};
}

bool runtime_state::is_served_here() const noexcept { return context_scope::serves(*this); }

void runtime_state::run_worker(void (*body)(void*) noexcept, void* data) noexcept {
  const bool lent = is_served_here();  // a blocking thread that takes a core: it has started before
  const context_scope context(*this, thread_region::async);
  if (!lent && options_.hooks.thread_start) options_.hooks.thread_start();
  {
    const polling_scope polling;
    body(data);
  }
  if (!lent && options_.hooks.thread_stop) options_.hooks.thread_stop();
}

void runtime_state::run_blocking(void (*body)(void*) noexcept, void* data) noexcept {
  const context_scope context(*this, thread_region::blocking);
  if (options_.hooks.thread_start) options_.hooks.thread_start();
  body(data);
  if (options_.hooks.thread_stop) options_.hooks.thread_stop();
}

// On any thread, and on several at once: whoever owns the runtime waits for its threads later.
void runtime_state::fail() noexcept {
  {
    const context_scope context(*this, thread_region::outside);
    scheduler_->request_shutdown();
    pool_->request_shutdown();
  }
  scheduler_->fail_roots();
}

bool runtime_state::run_elsewhere(void (*entry)(void*) noexcept, void* data) noexcept {
  return pool_->run(entry, data);
}

shutdown_report runtime_state::shut_down(std::int64_t deadline_ns) noexcept {
  std::int64_t limit_ns = 0;
  if (__builtin_add_overflow(deadline_ns, grace_ns, &limit_ns)) limit_ns = INT64_MAX;
  std::size_t threads_left = 0;
  {
    const context_scope context(*this, thread_region::outside);
    scheduler_->request_shutdown();
    pool_->request_shutdown();
    threads_left = scheduler_->await_shutdown(limit_ns);
    threads_left += pool_->await_shutdown(limit_ns);
  }
  driver_->shutdown();
  return report(threads_left);
}

void runtime_state::shut_down_in_background() noexcept {
  scheduler_->request_shutdown();
  {
    const context_scope context(*this, thread_region::outside);
    pool_->request_shutdown();
    scheduler_->abandon();
  }
  static_cast<void>(pool_->await_shutdown(0));
  driver_->shutdown();
}

shutdown_report runtime_state::report(std::size_t threads_left) noexcept {
  shutdown_report found;
  found.threads_left = threads_left;
  const auto list = [&found](owned_list& tasks, running_task::kind_type kind) {
    tasks.for_each([&](const task_header& task) {
      found.still_running.push_back(
          {kind, task_id(task.id), std::string(meta_of(task).name), task.spawned});
    });
  };
  list(scheduler_->tasks(), running_task::kind_type::task);
  list(pool_->jobs(), running_task::kind_type::blocking_job);
  return found;
}

}  // namespace edo::inline v0::detail
