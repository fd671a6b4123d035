#include "edo/time/sleep.hpp"

#include "edo/base/error.hpp"
#include "edo/test/task.hpp"

#include "unit/driver/support.hpp"

#include <chrono>
#include <string>
#include <thread>

namespace {

using namespace driver_test;
using namespace std::chrono_literals;
using edo::instant;
using edo::sleep_future;
using edo::detail::driver_ref;

class sleep_test : public testing::Test {
 public:
  sleep_future sleep(std::chrono::nanoseconds time,
                     std::source_location where = std::source_location::current()) const {
    return {driver_ref(*d.driver), edo::detail::after_ns(d.driver->clock().now_ns(), time.count()),
            where};
  }
  [[nodiscard]] instant now() const { return edo::detail::at_ns(d.driver->clock().now_ns()); }
  void pass(std::chrono::nanoseconds time) const { d.pass(time.count()); }

  scripted_driver d;
};

TEST_F(sleep_test, is_ready_at_its_deadline_and_never_before) {
  auto task = edo::test::spawn(sleep(5ms));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.inner().is_elapsed());
  pass(5ms - 1ns);
  EXPECT_FALSE(task.is_woken());
  EDO_CHECK_PENDING(task.poll());
  pass(1ns);
  EXPECT_TRUE(task.is_woken());
  EDO_CHECK_READY(task.poll());
  EXPECT_TRUE(task.inner().is_elapsed());
  EXPECT_EQ(task.wake_count(), 1U);
  EXPECT_EQ(task.waker_ref_count(), 0U);
}

TEST_F(sleep_test, without_any_time_is_ready_at_the_first_poll) {
  for (const auto time : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
    auto task = edo::test::spawn(sleep(time));
    EDO_CHECK_READY(task.poll());
  }
}

TEST_F(sleep_test, a_deadline_that_passed_before_the_first_poll_is_ready_at_once) {
  auto task = edo::test::spawn(sleep(5ms));
  pass(5ms);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.waker().clones(), 0U);
}

TEST_F(sleep_test, the_longest_duration_never_ends) {
  auto task = edo::test::spawn(sleep(std::chrono::nanoseconds::max()));
  EXPECT_EQ(task.inner().deadline(), instant::max());
  EDO_CHECK_PENDING(task.poll());
  pass(std::chrono::nanoseconds::max());
  EXPECT_FALSE(task.is_woken());
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.inner().is_elapsed());
}

TEST_F(sleep_test, dropping_it_leaves_nothing_behind) {
  auto task = edo::test::spawn(sleep(5ms));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 1U);
  task.drop();
  EXPECT_EQ(task.waker_ref_count(), 0U);
  pass(10ms);
  EXPECT_EQ(task.wake_count(), 0U);
}

TEST_F(sleep_test, reset_before_the_first_poll_moves_the_deadline) {
  auto task = edo::test::spawn(sleep(5ms));
  task.inner().reset(now() + 10ms);
  EXPECT_EQ(task.inner().deadline(), now() + 10ms);
  EDO_CHECK_PENDING(task.poll());
  pass(5ms);
  EXPECT_FALSE(task.is_woken());
  pass(5ms);
  EXPECT_TRUE(task.is_woken());
}

TEST_F(sleep_test, reset_while_waiting_needs_no_further_poll) {
  auto task = edo::test::spawn(sleep(5ms));
  EDO_CHECK_PENDING(task.poll());
  task.inner().reset(now() + 2ms);
  pass(2ms);
  EXPECT_TRUE(task.is_woken());
  EDO_CHECK_READY(task.poll());
}

TEST_F(sleep_test, reset_into_the_past_fires_at_the_next_turn) {
  auto task = edo::test::spawn(sleep(100ms));
  EDO_CHECK_PENDING(task.poll());
  task.inner().reset(now() - 1ms);
  EXPECT_TRUE(task.inner().is_elapsed());
  pass(0ns);
  EXPECT_TRUE(task.is_woken());
  EDO_CHECK_READY(task.poll());
}

TEST_F(sleep_test, reset_after_firing_waits_once_more) {
  auto task = edo::test::spawn(sleep(1ms));
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  EDO_CHECK_READY(task.poll());
  task.inner().reset(now() + 1ms);
  EXPECT_FALSE(task.inner().is_elapsed());
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  EDO_CHECK_READY(task.poll());
}

TEST_F(sleep_test, a_reset_that_races_with_firing_wins_for_the_next_poll) {
  auto task = edo::test::spawn(sleep(1ms));
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  EXPECT_TRUE(task.is_woken());
  task.inner().reset(now() + 1ms);  // fired, but nobody has polled
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  EXPECT_TRUE(task.is_woken());
  EDO_CHECK_READY(task.poll());
}

TEST_F(sleep_test, is_ready_again_at_once_after_it_was_ready) {
  auto task = edo::test::spawn(sleep(0ms));
  EDO_CHECK_READY(task.poll());
  EDO_CHECK_READY(task.poll());
}

TEST_F(sleep_test, charges_one_unit_of_the_budget_when_ready_only) {
  auto task = edo::test::spawn(sleep(1ms));
  task.set_budget(1);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.budget_left(), 1U);
  pass(1ms);
  task.set_budget(0);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_TRUE(task.is_woken());  // by the budget
  task.set_budget(1);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.budget_left(), 0U);
}

TEST_F(sleep_test, may_move_until_it_is_polled) {
  sleep_future first = sleep(1ms);
  auto task = edo::test::spawn(std::move(first));
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  EDO_CHECK_READY(task.poll());
}

TEST_F(sleep_test, a_move_while_waiting_loses_nothing_but_the_place) {
  const mock_waker waker;
  context cx(waker.waker());
  sleep_future first = sleep(1ms);
  EXPECT_TRUE(first.poll(cx).is_pending());
  sleep_future second = std::move(first);
  EXPECT_EQ(waker.live(), 0U);
  EXPECT_TRUE(second.poll(cx).is_pending());
  pass(1ms);
  EXPECT_EQ(waker.wakes(), 1U);
  EXPECT_TRUE(second.poll(cx).is_ready());
}

TEST_F(sleep_test, a_poll_after_the_shutdown_fails_loudly_with_its_place) {
  auto waiting = edo::test::spawn(sleep(1ms));
  EDO_CHECK_PENDING(waiting.poll());
  auto late = edo::test::spawn(sleep(-1ms));
  d.driver->shutdown();
  EXPECT_TRUE(waiting.is_woken());
  for (auto* task : {&waiting, &late}) {
    try {
      static_cast<void>(task->poll());
      ADD_FAILURE() << "no error";
    } catch (const edo::usage_error& error) {
      EXPECT_EQ(error.code(), edo::usage::runtime_gone);
      EXPECT_NE(std::string(error.what()).find("sleep_test.cpp"), std::string::npos)
          << error.what();
    }
  }
}

TEST_F(sleep_test, outlives_its_runtime) {
  auto task = edo::test::spawn(sleep(1ms));
  EDO_CHECK_PENDING(task.poll());
  d.driver->shutdown();
  d.driver->release();
  d.driver.reset();
  task.inner().reset(instant::max());
  EXPECT_FALSE(task.inner().is_elapsed());
  task.drop();
}

TEST_F(sleep_test, a_coroutine_sleeps_in_turn) {
  const auto body = [](sleep_test& self) -> edo::async<int> {
    co_await self.sleep(1ms);
    co_await self.sleep(2ms);
    co_return 3;
  };
  auto task = edo::test::spawn(body(*this));
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  EDO_CHECK_PENDING(task.poll());
  pass(2ms);
  EDO_CHECK_READY_EQ(task.poll(), 3);
}

TEST_F(sleep_test, one_sleep_is_awaited_by_reference_and_reset_in_a_loop) {
  const auto body = [](sleep_test& self) -> edo::async<int> {
    sleep_future timer = self.sleep(1ms);
    int ticks = 0;
    for (; ticks < 3; ++ticks) {
      co_await timer;
      timer.reset(timer.deadline() + 1ms);
    }
    co_return ticks;
  };
  auto task = edo::test::spawn(body(*this));
  for (int i = 0; i < 3; ++i) {
    EDO_CHECK_PENDING(task.poll());
    pass(1ms);
  }
  EDO_CHECK_READY_EQ(task.poll(), 3);
}

TEST(sleep, outside_of_a_runtime_is_misuse_with_the_callers_line) {
  const auto line = std::source_location::current().line() + 2;
  try {
    static_cast<void>(edo::sleep(1ms));
    ADD_FAILURE() << "no error";
  } catch (const edo::usage_error& error) {
    EXPECT_EQ(error.code(), edo::usage::no_runtime);
    EXPECT_EQ(error.where().line(), line);
    EXPECT_NE(std::string(error.what()).find("enter"), std::string::npos) << error.what();
  }
  EXPECT_THROW(static_cast<void>(edo::sleep_until(edo::clock::now())), edo::usage_error);
}

// Destroyed on another thread than the one that fires it, at the same moment.
TEST(sleep, may_be_dropped_while_it_fires) {
  constexpr int rounds = edo::detail::thread_sanitizer ? 1'000 : 5'000;
  const real_driver d;
  edo::atomic<bool> stop{false};
  std::thread other([&] {
    const mock_waker waker;
    context cx(waker.waker());
    for (int round = 0; round < rounds; ++round) {
      sleep_future timer(driver_ref(*d.driver), d.driver->clock().now_ns() + round % 5 * 1000,
                         std::source_location::current());
      static_cast<void>(timer.poll(cx));
    }
    EXPECT_EQ(waker.live(), 0U);
    stop.store(true, edo::memory_order_relaxed);
    d.driver->unpark();
  });
  while (!stop.load(edo::memory_order_relaxed)) d.driver->poll();
  other.join();
}

}  // namespace
