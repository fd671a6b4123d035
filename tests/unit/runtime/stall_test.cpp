// A worker that is stuck in a poll, and what the others do meanwhile. Polls block here on purpose;
// a test that fails does so by a bound of ten seconds, not by hanging.
#include "edo/time/sleep.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <semaphore>
#include <vector>

namespace {

using namespace std::chrono_literals;
using semaphore = std::counting_semaphore<1000>;

edo::runtime two_workers() {
  return edo_test::build(edo::runtime_builder::multi_thread().worker_threads(2));
}

edo::async<bool> wait_then_block(edo::instant at, semaphore* gate) {
  co_await edo::sleep_until(at);
  co_return gate->try_acquire_for(10s);
}
edo::async<void> wait_then_release(edo::instant at, semaphore* gate) {
  co_await edo::sleep_until(at);
  gate->release();
}

TEST(stall, two_tasks_that_are_due_at_once_do_not_wait_for_each_other) {
  const edo::runtime rt = two_workers();
  for (int round = 0; round < 10; ++round) {
    semaphore gate(0);
    const edo::instant at = edo::clock::now() + 2ms;
    auto blocked = rt.spawn(wait_then_block(at, &gate));
    auto other = rt.spawn(wait_then_release(at, &gate));
    EXPECT_TRUE(*rt.block_on(blocked));
    EXPECT_TRUE(rt.block_on(other).has_value());
  }
}

TEST(stall, timers_go_on_while_a_worker_is_stuck) {
  const edo::runtime rt = two_workers();
  for (int round = 0; round < 10; ++round) {
    semaphore gate(0);
    const edo::instant now = edo::clock::now();
    auto other = rt.spawn(wait_then_release(now + 6ms, &gate));
    auto blocked = rt.spawn(wait_then_block(now + 1ms, &gate));
    EXPECT_TRUE(*rt.block_on(blocked));
    EXPECT_TRUE(rt.block_on(other).has_value());
  }
}

edo::async<bool> spawn_then_block(int count, semaphore* gate) {
  std::vector<edo::join_handle<void>> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(edo::spawn(
        [](semaphore* s) -> edo::async<void> {
          s->release();
          co_return;
        },
        gate));
  }
  bool all = true;
  for (int i = 0; i < count; ++i) all = gate->try_acquire_for(10s) && all;
  for (auto& child : children) static_cast<void>(co_await child);
  co_return all;
}

TEST(stall, what_a_stuck_poll_has_spawned_runs_elsewhere_however_short_polls_were_before) {
  const edo::runtime rt = two_workers();
  const auto many_short_polls = []() -> edo::async<void> {
    for (int i = 0; i < 2000; ++i) co_await edo::yield_now();
  };
  for (int round = 0; round < 20; ++round) {
    auto warm = rt.spawn(many_short_polls);
    EXPECT_TRUE(rt.block_on(warm).has_value());
    semaphore gate(0);
    auto task = rt.spawn(spawn_then_block(1 + round % 3, &gate));
    EXPECT_TRUE(*rt.block_on(task));
  }
}

TEST(stall, a_worker_whose_core_is_elsewhere_takes_no_place_in_the_blocking_pool) {
  const edo::runtime rt = edo_test::build(
      edo::runtime_builder::multi_thread().worker_threads(1).max_blocking_threads(1));
  for (int round = 0; round < 5; ++round) {
    const auto blocks = []() -> edo::async<void> {
      // The core moves to a thread of the pool, which keeps it if this thread comes back late.
      semaphore gate(0);
      auto task = edo::spawn(
          [](semaphore* s) -> edo::async<void> {
            s->release();
            co_return;
          },
          &gate);
      edo::block_in_place([&] { gate.acquire(); });
      static_cast<void>(co_await task);
    };
    auto task = rt.spawn(blocks);
    EXPECT_TRUE(rt.block_on(task).has_value());
    semaphore ran(0);
    auto job = rt.spawn_blocking([&] { ran.release(); });
    EXPECT_TRUE(ran.try_acquire_for(10s));
    EXPECT_TRUE(rt.block_on(job).has_value());
  }
}

}  // namespace
