// Counters move exactly when what they count happens.
#include "edo/runtime/metrics.hpp"

#include "edo/base/error.hpp"
#include "edo/runtime/detail/launch.hpp"

#include "unit/runtime/flavours.hpp"

#include <gtest/gtest.h>
#include <semaphore>
#include <string>
#include <vector>

namespace {

using edo_test::flag;

class metrics : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, metrics, edo_test::all_flavours, edo_test::flavour_name);

edo::async<void> nothing() { co_return; }

// Always ready, as long as there is budget.
struct greedy {
  int operations;
  edo::poll_result<void> poll(edo::context& cx) {
    for (; operations > 0; --operations) {
      if (!cx.try_charge()) return edo::pending;
    }
    return edo::done;
  }
};

template <class Fn>
std::uint64_t sum_over_workers(const edo::runtime_metrics& m, Fn fn) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < m.num_workers(); ++i) sum += fn(i);
  return sum;
}

TEST_P(metrics, know_the_number_of_workers) {
  const edo::runtime rt = make();
  EXPECT_EQ(rt.metrics().num_workers(), is_current_thread() ? 1 : GetParam().workers);
}

TEST_P(metrics, count_tasks_alive_and_spawned) {
  const edo::runtime rt = make();
  const edo::runtime_metrics m = rt.handle().metrics();
  std::vector<edo::join_handle<void>> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(rt.spawn(edo::pending_forever<void>()));
  auto task = rt.spawn(nothing());
  EXPECT_TRUE(rt.block_on(task).has_value());
  EXPECT_EQ(m.spawned_tasks_count(), 6U);
  EXPECT_EQ(m.num_alive_tasks(), 5U);
  for (auto& w : waiting) w.abort();
  for (auto& w : waiting) EXPECT_TRUE(rt.block_on(w).error().is_cancelled());
  EXPECT_EQ(m.num_alive_tasks(), 0U);
  EXPECT_EQ(m.spawned_tasks_count(), 6U);
}

TEST_P(metrics, count_what_comes_from_outside) {
  const edo::runtime rt = make();
  const edo::runtime_metrics m = rt.metrics();
  for (int i = 0; i < 10; ++i) {
    auto task = rt.spawn(nothing());
    EXPECT_TRUE(rt.block_on(task).has_value());
  }
  EXPECT_EQ(m.remote_schedule_count(), 10U);
  EXPECT_EQ(m.global_queue_depth(), 0U);
}

TEST_P(metrics, count_polls_and_local_schedules) {
  const edo::runtime rt = make();
  const edo::runtime_metrics m = rt.metrics();
  const auto spawns = []() -> edo::async<void> {
    for (int i = 0; i < 10; ++i) {
      auto child = edo::spawn(nothing());
      static_cast<void>(co_await child);
    }
  };
  auto task = rt.spawn(spawns);
  EXPECT_TRUE(rt.block_on(task).has_value());
  // Each child is polled once. The parent is polled once, and again for each child that it waits
  // for; on several workers some children have ended before it looks.
  const std::uint64_t polls = sum_over_workers(m, [&](auto i) { return m.worker_poll_count(i); });
  EXPECT_GE(polls, 11U);
  EXPECT_LE(polls, 21U);
  EXPECT_GE(sum_over_workers(m, [&](auto i) { return m.worker_local_schedule_count(i); }), 10U);
}

TEST_P(metrics, count_a_yield_that_the_budget_forced) {
  const edo::runtime rt = make();
  auto modest = rt.spawn(greedy{128});
  EXPECT_TRUE(rt.block_on(modest).has_value());
  EXPECT_EQ(rt.metrics().budget_forced_yield_count(), 0U);
  auto task = rt.spawn(greedy{300});
  EXPECT_TRUE(rt.block_on(task).has_value());
  EXPECT_EQ(rt.metrics().budget_forced_yield_count(), 2U);
}

TEST(metrics_alone, count_the_tasks_for_which_a_ring_was_full) {
  const edo::runtime rt = edo_test::build(edo::runtime_builder::multi_thread().worker_threads(1));
  const auto spawns = []() -> edo::async<void> {
    std::vector<edo::join_handle<void>> children;
    for (int i = 0; i < 300; ++i) children.push_back(edo::spawn(nothing()));
    for (auto& child : children) static_cast<void>(co_await child);
  };
  auto task = rt.spawn(spawns);
  EXPECT_TRUE(rt.block_on(task).has_value());
  // 256 in the ring, one in the LIFO slot.
  EXPECT_EQ(rt.metrics().worker_overflow_count(0), 300U - 257U);
  EXPECT_GE(rt.metrics().worker_lifo_poll_count(0), 1U);
  EXPECT_EQ(rt.metrics().worker_steal_count(0), 0U);
}

TEST(metrics_alone, count_what_is_stolen) {
  const edo::runtime rt = edo_test::build(edo::runtime_builder::multi_thread().worker_threads(2));
  // The first task blocks its worker until the others have run, which the other worker must steal.
  const auto spawns = []() -> edo::async<void> {
    std::counting_semaphore<4> ran(0);
    std::vector<edo::join_handle<void>> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(edo::spawn(
          [](std::counting_semaphore<4>* s) -> edo::async<void> {
            s->release();
            co_return;
          },
          &ran));
    }
    for (int i = 0; i < 4; ++i) ran.acquire();
    for (auto& child : children) static_cast<void>(co_await child);
  };
  auto task = rt.spawn(spawns);
  EXPECT_TRUE(rt.block_on(task).has_value());
  const edo::runtime_metrics m = rt.metrics();
  EXPECT_GE(sum_over_workers(m, [&](auto i) { return m.worker_steal_count(i); }), 4U);
  EXPECT_GE(sum_over_workers(m, [&](auto i) { return m.worker_steal_operations(i); }), 1U);
}

TEST_P(metrics, count_blocking_threads_and_jobs) {
  const edo::runtime rt = edo_test::build(builder().max_blocking_threads(1));
  const edo::runtime_metrics m = rt.metrics();
  EXPECT_EQ(m.num_blocking_threads(), 0U);
  std::binary_semaphore gate(0);
  flag started;
  auto first = rt.spawn_blocking([&] {
    started.set();
    gate.acquire();
  });
  rt.block_on(started.wait());
  auto second = rt.spawn_blocking([] {});
  EXPECT_EQ(m.num_blocking_threads(), 1U);
  EXPECT_EQ(m.num_idle_blocking_threads(), 0U);
  EXPECT_EQ(m.blocking_queue_depth(), 1U);
  gate.release();
  EXPECT_TRUE(rt.block_on(second).has_value());
  EXPECT_EQ(m.blocking_queue_depth(), 0U);
  EXPECT_GE(m.blocking_queue_depth_max(), 1U);
}

TEST_P(metrics, refuse_a_worker_that_there_is_not) {
  const edo::runtime rt = make();
  const edo::runtime_metrics m = rt.metrics();
  try {
    static_cast<void>(m.worker_poll_count(m.num_workers()));
    ADD_FAILURE() << "no usage_error";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::bad_option);
    EXPECT_NE(std::string(e.what()).find("metrics_test.cpp"), std::string::npos);
  }
}

TEST_P(metrics, outlive_the_runtime) {
  std::optional<edo::runtime> rt(make());
  const edo::runtime_metrics m = rt->metrics();
  auto task = rt->spawn(nothing());
  EXPECT_TRUE(rt->block_on(task).has_value());
  rt.reset();
  EXPECT_EQ(m.spawned_tasks_count(), 1U);
  EXPECT_EQ(m.num_alive_tasks(), 0U);
}

TEST_P(metrics, count_parks_and_say_how_long_a_worker_was_busy) {
  const edo::runtime rt = make();
  const edo::runtime_metrics m = rt.metrics();
  for (int i = 0; i < 5; ++i) {
    auto job = rt.spawn_blocking([] {});
    EXPECT_TRUE(rt.block_on(job).has_value());
    auto task = rt.spawn(nothing());
    EXPECT_TRUE(rt.block_on(task).has_value());
  }
  EXPECT_GE(sum_over_workers(m, [&](auto i) { return m.worker_park_count(i); }), 1U);
  for (std::size_t i = 0; i < m.num_workers(); ++i) {
    EXPECT_LE(m.worker_park_count(i), m.worker_park_unpark_count(i));
    EXPECT_GE(m.worker_total_busy_duration(i).count(), 0);
    EXPECT_LE(m.worker_noop_count(i), m.worker_park_count(i));
  }
}

// ------------------------------------------------------------------------------------ the bound

TEST_P(metrics, try_spawn_blocking_refuses_at_its_bound_and_keeps_the_callable) {
  const edo::runtime rt = edo_test::build(builder().max_blocking_threads(1).blocking_queue_max(2));
  const edo::enter_guard guard = rt.enter();
  std::binary_semaphore gate(0);
  flag started;
  auto first = edo::try_spawn_blocking([&] {
    started.set();
    gate.acquire();
  });
  ASSERT_TRUE(first.has_value());
  rt.block_on(started.wait());
  auto second = edo::try_spawn_blocking([] { return 2; });
  auto third = edo::try_spawn_blocking([] { return 3; });
  EXPECT_TRUE(second.has_value());
  EXPECT_TRUE(third.has_value());
  auto held = std::make_unique<int>(4);
  auto job = [p = std::move(held)] { return *p; };
  auto fourth = edo::try_spawn_blocking(std::move(job));
  EXPECT_FALSE(fourth.has_value());
  EXPECT_EQ(job(), 4);  // it was not moved from
  gate.release();
  EXPECT_EQ(*rt.block_on(*third), 3);
  EXPECT_EQ(*rt.block_on(*second), 2);
  EXPECT_TRUE(edo::try_spawn_blocking(std::move(job)).has_value());
}

}  // namespace
