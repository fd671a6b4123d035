// The futures of the kit: each count is proved here, since all other suites lean on them.
#include "edo/future/block_on.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/counted.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"
#include "edo/test/task.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

namespace test = edo::test;

TEST(drop_counter, counts_a_death_once_whatever_was_moved) {
  test::drop_counter drops;
  {
    auto token = drops.make();
    auto moved = std::move(token);
    EXPECT_EQ(drops.live(), 1u);
    EXPECT_EQ(drops.drops(), 0u);
  }
  EXPECT_EQ(drops.live(), 0u);
  EXPECT_EQ(drops.drops(), 1u);
}

TEST(drop_counter, remembers_the_order) {
  test::drop_counter drops;
  {
    const auto outer = drops.make("outer");
    const auto inner = drops.make("inner");
  }
  EXPECT_EQ(drops.order(), "inner,outer");
}

TEST(drop_counter, assignment_ends_what_was_there_when_its_new_owner_dies) {
  test::drop_counter drops;
  auto one = std::optional(drops.make("one"));
  auto two = std::optional(drops.make("two"));
  one = std::move(two);
  one.reset();
  EXPECT_EQ(drops.order(), "two");
  two.reset();
  EXPECT_EQ(drops.order(), "two,one");
}

TEST(drop_counter, counts_from_several_threads) {
  test::drop_counter drops;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&drops] {
      for (int round = 0; round < 500; ++round) static_cast<void>(drops.make());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(drops.drops(), 2000u);
}

TEST(counted, counts_polls_by_what_they_gave) {
  test::future_counter seen;
  {
    auto task = test::spawn(test::count(test::ready_after(2, 1), seen));
    EDO_CHECK_READY_EQ(task.poll_until_idle(), 1);
  }
  EXPECT_EQ(seen.polls(), 3u);
  EXPECT_EQ(seen.pending(), 2u);
  EXPECT_EQ(seen.ready(), 1u);
  EXPECT_EQ(seen.threw(), 0u);
}

TEST(counted, counts_one_drop_for_each_future_however_often_it_was_moved) {
  test::future_counter seen;
  {
    auto first = test::count(edo::ready(1), seen);
    auto second = std::move(first);
    auto third = std::move(second);
    EXPECT_EQ(seen.drops(), 0u);
    EXPECT_EQ(seen.live(), 1u);
  }
  EXPECT_EQ(seen.drops(), 1u);
  EXPECT_EQ(seen.live(), 0u);
}

TEST(counted, counts_polls_that_threw) {
  test::future_counter seen;
  auto task = test::spawn(test::count(test::throw_after(0, std::runtime_error("x")), seen));
  EXPECT_THROW(static_cast<void>(task.poll()), std::runtime_error);
  EXPECT_EQ(seen.polls(), 1u);
  EXPECT_EQ(seen.threw(), 1u);
}

TEST(counted, borrows_an_lvalue) {
  test::future_counter seen;
  test::manual<int> source;
  auto future = source.future();
  {
    auto around = test::count(future, seen);
  }
  EXPECT_EQ(seen.drops(), 1u);
  EXPECT_FALSE(source.is_dropped());
}

TEST(scripted, is_pending_as_often_as_written_and_wakes_itself) {
  auto task = test::spawn(test::ready_after(2, 7));
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY_EQ(task.poll(), 7);
  EXPECT_EQ(task.wake_count(), 2u);
}

TEST(scripted, keeps_its_waker_if_told_so) {
  auto task = test::spawn(test::done_after(1, test::on_pending::keep));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.wake_count(), 0u);
  EXPECT_EQ(task.waker_ref_count(), 1u);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST(scripted, throws_as_written) {
  auto task = test::spawn(test::throw_after<int>(1, std::out_of_range("far")));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_THROW(static_cast<void>(task.poll()), std::out_of_range);
}

TEST(scripted, takes_a_move_only_value) {
  auto task = test::spawn(test::ready_after(0, std::make_unique<int>(3)));
  EXPECT_EQ(*EDO_CHECK_READY(task.poll()), 3);
}

TEST(manual, is_ready_when_fired_and_wakes_its_task_once) {
  test::manual<int> source;
  auto task = test::spawn(source.future());
  EXPECT_FALSE(source.is_waiting());
  EDO_CHECK_PENDING(task.poll());
  EXPECT_TRUE(source.is_waiting());
  source.fire(5);
  EXPECT_FALSE(source.is_waiting());
  EXPECT_EQ(task.wake_count(), 1u);
  EDO_CHECK_READY_EQ(task.poll(), 5);
  EXPECT_EQ(source.poll_count(), 2u);
}

TEST(manual, fired_before_the_first_poll_is_ready_at_once) {
  test::manual<int> source;
  source.fire(5);
  auto task = test::spawn(source.future());
  EDO_CHECK_READY_EQ(task.poll(), 5);
  EXPECT_EQ(task.waker().clones(), 0u);
}

TEST(manual, a_spurious_wake_leaves_it_pending) {
  test::manual<> source;
  auto task = test::spawn(source.future());
  EDO_CHECK_PENDING(task.poll());
  source.wake();
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());
}

TEST(manual, wakes_only_the_waker_of_the_latest_poll) {
  test::manual<> source;
  auto future = source.future();
  auto first = test::spawn(future);
  auto second = test::spawn(future);
  EDO_CHECK_PENDING(first.poll());
  EDO_CHECK_PENDING(second.poll());
  EXPECT_EQ(first.waker_ref_count(), 0u);
  source.fire();
  EXPECT_FALSE(first.is_woken());
  EDO_CHECK_WOKEN(second);
}

TEST(manual, an_exception_comes_out_of_the_poll) {
  test::manual<int> source;
  auto task = test::spawn(source.future());
  EDO_CHECK_PENDING(task.poll());
  source.fire_exception(std::runtime_error("late"));
  EDO_CHECK_WOKEN(task);
  EXPECT_THROW(static_cast<void>(task.poll()), std::runtime_error);
}

TEST(manual, sees_its_future_die_and_drops_the_waker) {
  test::manual<int> source;
  auto task = test::spawn(source.future());
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(source.is_dropped());
  task.drop();
  EXPECT_TRUE(source.is_dropped());
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST(manual, the_future_may_outlive_it) {
  auto source = std::make_unique<test::manual<int>>();
  auto task = test::spawn(source->future());
  source.reset();
  EDO_CHECK_PENDING(task.poll());
}

TEST(manual, has_one_future) {
  test::manual<int> source;
  const auto future = source.future();
  EXPECT_THROW(static_cast<void>(source.future()), test::check_failed);
}

TEST(manual, can_be_fired_from_another_thread) {
  test::manual<int> source;
  auto future = source.future();
  std::thread other([&source] { source.fire(8); });
  EXPECT_EQ(edo::block_on(future), 8);
  other.join();
}

}  // namespace
