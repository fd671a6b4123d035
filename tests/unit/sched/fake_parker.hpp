/// A parker without a driver: counts what a scheduler asks of it.
#pragma once

#include "edo/task/detail/cell.hpp"
#include "edo/task/join_handle.hpp"

#include "sched/parker.hpp"
#include "sched/scheduler.hpp"
#include "task/thread_state.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace edo_test {

class fake_parker final : public edo::detail::parker {
 public:
  [[nodiscard]] bool try_acquire() noexcept override {
    const std::lock_guard guard(lock_);
    if (held_) return false;
    return held_ = true;
  }
  void release() noexcept override {
    const std::lock_guard guard(lock_);
    held_ = false;
  }
  void park(std::int64_t limit_ns) noexcept override {
    std::unique_lock guard(lock_);
    ++parks_;
    changed_.notify_all();
    const auto unparked = [&] { return unparked_; };
    if (limit_ns < 0) {
      changed_.wait(guard, unparked);
    } else {
      changed_.wait_for(guard, std::chrono::nanoseconds(limit_ns), unparked);
    }
    unparked_ = false;
    guard.unlock();
    if (on_turn) on_turn();
  }
  void poll() noexcept override {
    {
      const std::lock_guard guard(lock_);
      ++polls_;
    }
    if (on_turn) on_turn();
  }
  void unpark() noexcept override {
    const std::lock_guard guard(lock_);
    ++unparks_;
    unparked_ = true;
    changed_.notify_all();
  }

  int polls() {
    const std::lock_guard guard(lock_);
    return polls_;
  }
  int parks() {
    const std::lock_guard guard(lock_);
    return parks_;
  }
  int unparks() {
    const std::lock_guard guard(lock_);
    return unparks_;
  }
  void wait_for_parks(int count) {
    std::unique_lock guard(lock_);
    changed_.wait(guard, [&] { return parks_ >= count; });
  }

  /// Runs in each turn, on the thread that drives; set before the first.
  std::function<void()> on_turn;

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  bool held_ = false;
  bool unparked_ = false;
  int polls_ = 0;
  int parks_ = 0;
  int unparks_ = 0;
};

/// Runs threads without a runtime.
class fake_environment final : public edo::detail::thread_environment {
 public:
  void retain_for_thread() noexcept override {}
  void release_for_thread() noexcept override {}
  void run_worker(void (*body)(void*) noexcept, void* data) noexcept override { body(data); }
  void run_blocking(void (*body)(void*) noexcept, void* data) noexcept override { body(data); }
  [[nodiscard]] bool run_elsewhere(void (*)(void*) noexcept, void*) noexcept override {
    return false;
  }
};

/// Spawns on a bare scheduler.
template <class F>
edo::join_handle<edo::output_of<F>> spawn_on(edo::detail::scheduler& scheduler, F future) {
  auto& cell = edo::detail::task_cell<F>::make(std::move(future), std::source_location::current());
  auto handle = edo::detail::join_access::make<edo::join_handle<edo::output_of<F>>>(cell);
  scheduler.spawn(cell);
  return handle;
}

/// A root future from a function.
template <class Fn>
struct root_function : edo::detail::root_poll {
  explicit root_function(Fn f)
      : root_poll{[](root_poll& self, edo::context& cx) {
                    return static_cast<root_function&>(self).fn(cx);
                  },
                  [](root_poll&) noexcept {}},
        fn(std::move(f)) {}
  Fn fn;
};

}  // namespace edo_test
