// Trackers: what is counted, and when a wait is over.
#include "edo/runtime/task_tracker.hpp"

#include "edo/base/error.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/task.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace {

using edo_test::flag;

class task_tracker : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, task_tracker, edo_test::all_flavours, edo_test::flavour_name);

edo::async<int> value_after(int value, int yields, edo::test::drop_counter::token) {
  for (int i = 0; i < yields; ++i) co_await edo::yield_now();
  co_return value;
}

TEST_P(task_tracker, when_a_wait_ends_the_destructors_of_the_tasks_have_run) {
  edo::test::drop_counter drops;
  edo::runtime rt = make();
  const auto body = [&]() -> edo::async<unsigned> {
    const edo::task_tracker tracker;
    for (int i = 0; i < 100; ++i) tracker.spawn(value_after(i, i % 5, drops.make()));
    EXPECT_TRUE(tracker.close());
    co_await tracker.wait();
    EXPECT_TRUE(tracker.is_empty());
    co_return drops.drops();
  };
  EXPECT_EQ(rt.block_on(body()), 100U);
}

TEST_P(task_tracker, aborted_tasks_and_tasks_that_throw_are_counted_off) {
  edo::test::drop_counter drops;
  edo::runtime rt = make();
  const auto body = [&]() -> edo::async<unsigned> {
    const edo::task_tracker tracker;
    auto aborted = tracker.spawn(
        [token = drops.make()]() -> edo::async<void> { co_await edo::pending_forever<void>(); });
    auto threw = tracker.spawn([token = drops.make()]() -> edo::async<void> {
      throw std::runtime_error("bad");
      co_return;
    });
    aborted.abort();
    tracker.close();
    co_await tracker.wait();
    auto r = co_await threw;
    EXPECT_TRUE(r.error().is_exception());
    co_return drops.drops();
  };
  EXPECT_EQ(rt.block_on(body()), 2U);
}

TEST_P(task_tracker, blocking_jobs_are_counted_until_their_callable_is_destroyed) {
  edo::test::drop_counter drops;
  edo::runtime rt = make();
  const auto body = [&]() -> edo::async<int> {
    const edo::task_tracker tracker;
    auto plain = tracker.spawn_blocking([token = drops.make()] { return 1; });
    auto stoppable = tracker.spawn_blocking(
        [token = drops.make()](std::stop_token stop) { return stop.stop_requested() ? 0 : 2; });
    tracker.close();
    co_await tracker.wait();
    EXPECT_EQ(drops.drops(), 2U);
    auto a = co_await plain;
    auto b = co_await stoppable;
    co_return *a + *b;
  };
  EXPECT_EQ(rt.block_on(body()), 3);
}

TEST_P(task_tracker, an_abort_tells_the_stop_token_of_a_tracked_job) {
  edo::runtime rt = make();
  const edo::task_tracker tracker;
  std::binary_semaphore started(0);
  auto job = tracker.spawn_blocking_on(rt.handle(), [&](std::stop_token token) {
    std::binary_semaphore told(0);
    const std::stop_callback callback(token, [&] { told.release(); });
    started.release();
    told.acquire();
  });
  started.acquire();
  job.abort();
  tracker.close();
  rt.block_on(tracker.wait());
  EXPECT_TRUE(tracker.is_empty());
}

TEST_P(task_tracker, tasks_of_a_runtime_that_is_gone_are_counted_off) {
  edo::test::drop_counter drops;
  const edo::task_tracker tracker;
  std::optional<edo::handle> late;
  {
    edo::runtime rt = make();
    late = rt.handle();
    tracker.spawn_on(*late, edo::pending_forever<void>());
  }
  EXPECT_TRUE(tracker.is_empty());
  auto h = tracker.spawn_on(*late, value_after(1, 0, drops.make()));
  EXPECT_TRUE(h.is_finished());
  EXPECT_TRUE(tracker.is_empty());
}

TEST_P(task_tracker, dropping_a_tracker_aborts_nothing) {
  edo::runtime rt = make();
  flag done;
  {
    const edo::task_tracker tracker;
    tracker.spawn_on(rt.handle(), [&done]() -> edo::async<void> {
      for (int i = 0; i < 3; ++i) co_await edo::yield_now();
      done.set();
    });
  }
  rt.block_on(done.wait());
}

TEST_P(task_tracker, waits_tasks_and_reopening_race_without_a_lost_wake) {
  edo::runtime rt = make();
  const edo::task_tracker tracker;
  edo::test::drop_counter drops;
  const auto body = [&]() -> edo::async<void> {
    for (int round = 0; round < 200; ++round) {
      auto waits = edo::spawn([tracker]() -> edo::async<void> { co_await tracker.wait(); });
      for (int i = 0; i < 4; ++i) tracker.spawn(value_after(i, i, drops.make()));
      tracker.close();
      co_await tracker.wait();
      auto r = co_await waits;
      EXPECT_TRUE(r.has_value());
      EXPECT_TRUE(tracker.reopen());
    }
  };
  rt.block_on(body());
  EXPECT_EQ(drops.drops(), 800U);
}

// By hand, without a runtime.

TEST(task_tracker_by_hand, a_wait_needs_a_tracker_that_is_closed_and_empty) {
  const edo::task_tracker tracker;
  auto wait = edo::test::spawn(tracker.wait());
  EDO_CHECK_PENDING(wait.poll());
  {
    const edo::task_tracker_token token = tracker.token();
    EXPECT_EQ(tracker.size(), 1U);
    EXPECT_TRUE(tracker.close());
    EXPECT_FALSE(tracker.close());
    EXPECT_TRUE(tracker.is_closed());
    EDO_CHECK_PENDING(wait.poll());
    EXPECT_FALSE(wait.is_woken());
  }
  EDO_CHECK_WOKEN(wait);
  EXPECT_EQ(wait.wake_count(), 1U);
  EDO_CHECK_READY(wait.poll());
  EXPECT_EQ(wait.waker_ref_count(), 0U);
}

TEST(task_tracker_by_hand, closing_an_empty_tracker_ends_all_waits) {
  const edo::task_tracker tracker;
  auto a = edo::test::spawn(tracker.wait());
  auto b = edo::test::spawn(tracker.wait());
  EDO_CHECK_PENDING(a.poll());
  EDO_CHECK_PENDING(b.poll());
  tracker.close();
  EXPECT_EQ(a.wake_count(), 1U);
  EXPECT_EQ(b.wake_count(), 1U);
  EDO_CHECK_READY(a.poll());
  EDO_CHECK_READY(b.poll());
  auto late = edo::test::spawn(tracker.wait());
  EDO_CHECK_READY(late.poll());
}

TEST(task_tracker_by_hand, a_wait_that_is_over_stays_so_when_the_tracker_is_reopened) {
  const edo::task_tracker tracker;
  auto early = edo::test::spawn(tracker.wait());
  EDO_CHECK_PENDING(early.poll());
  tracker.close();
  EXPECT_TRUE(tracker.reopen());
  EXPECT_FALSE(tracker.reopen());
  const auto token = tracker.token();
  auto late = edo::test::spawn(tracker.wait());
  EDO_CHECK_PENDING(late.poll());
  EDO_CHECK_READY(early.poll());
}

TEST(task_tracker_by_hand, a_dropped_wait_leaves_no_waker_behind) {
  const edo::task_tracker tracker;
  auto wait = edo::test::spawn(tracker.wait());
  EDO_CHECK_PENDING(wait.poll());
  EXPECT_EQ(wait.waker_ref_count(), 1U);
  wait.drop();
  EXPECT_EQ(wait.waker_ref_count(), 0U);
  tracker.close();
  EXPECT_EQ(wait.wake_count(), 0U);
}

TEST(task_tracker_by_hand, a_wait_charges_the_budget_when_it_is_ready) {
  const edo::task_tracker tracker;
  auto wait = edo::test::spawn(tracker.wait());
  wait.set_budget(1);
  EDO_CHECK_PENDING(wait.poll());
  EXPECT_EQ(wait.budget_left(), 1U);
  tracker.close();
  EDO_CHECK_READY(wait.poll());
  EXPECT_EQ(wait.budget_left(), 0U);
}

TEST(task_tracker_by_hand, a_tracked_future_counts_until_it_is_destroyed) {
  const edo::task_tracker tracker;
  edo::test::drop_counter drops;
  auto tracked = edo::test::spawn(tracker.track_future(value_after(7, 0, drops.make())));
  EXPECT_EQ(tracker.size(), 1U);
  EXPECT_EQ(EDO_CHECK_READY(tracked.poll()), 7);
  EXPECT_EQ(tracker.size(), 1U);
  tracked.drop();
  EXPECT_TRUE(tracker.is_empty());
}

TEST(task_tracker_by_hand, copies_are_one_tracker_and_tokens_count_one_by_one) {
  const edo::task_tracker tracker;
  const edo::task_tracker copy = tracker;
  EXPECT_TRUE(copy == tracker);
  EXPECT_FALSE(copy == edo::task_tracker());
  edo::task_tracker_token first = tracker.token();
  const edo::task_tracker_token second = first;
  EXPECT_EQ(copy.size(), 2U);
  EXPECT_TRUE(second.tracker() == copy);
  const edo::task_tracker_token moved = std::move(first);
  EXPECT_EQ(copy.size(), 2U);
  first = moved;
  EXPECT_EQ(copy.size(), 3U);
}

TEST(task_tracker_by_hand, a_wait_may_outlive_its_tracker) {
  std::optional<edo::task_tracker> tracker(std::in_place);
  auto wait = edo::test::spawn(tracker->wait());
  EDO_CHECK_PENDING(wait.poll());
  tracker.reset();
  EDO_CHECK_PENDING(wait.poll());
}

TEST(task_tracker_by_hand, tokens_dropped_on_several_threads_end_the_wait_once) {
  for (int round = 0; round < 100; ++round) {
    const edo::task_tracker tracker;
    std::vector<edo::task_tracker_token> tokens(4, tracker.token());
    auto wait = edo::test::spawn(tracker.wait());
    EDO_CHECK_PENDING(wait.poll());
    tracker.close();
    std::vector<std::thread> threads;
    for (auto& token : tokens) {
      threads.emplace_back([mine = std::move(token)]() mutable { auto last = std::move(mine); });
    }
    for (auto& t : threads) t.join();
    EXPECT_EQ(wait.wake_count(), 1U);
    EDO_CHECK_READY(wait.poll());
  }
}

}  // namespace
