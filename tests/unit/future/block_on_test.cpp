#include "edo/future/block_on.hpp"

#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/counted.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace edo::tests {
namespace {

async<int> adds(int a, int b) {
  co_await test::done_after(3);
  co_return a + b;
}

/// Wakes at once from another thread, `rounds` times, and joins that thread in the next poll.
struct woken_from_elsewhere {
  int rounds;
  std::thread other{};

  poll_result<int> poll(context& cx) {
    if (other.joinable()) other.join();
    if (rounds-- == 0) return 7;
    other = std::thread([waker = cx.waker()]() mutable { std::move(waker).wake(); });
    return pending;
  }
};

TEST(block_on, gives_the_output_of_a_coroutine) { EXPECT_EQ(block_on(adds(1, 2)), 3); }

TEST(block_on, polls_once_for_each_wake) {
  test::future_counter seen;
  EXPECT_EQ(block_on(test::count(test::ready_after(5, 1), seen)), 1);
  EXPECT_EQ(seen.polls(), 6u);
  EXPECT_EQ(seen.drops(), 1u);
}

TEST(block_on, sleeps_until_another_thread_wakes_it) {
  EXPECT_EQ(block_on(woken_from_elsewhere{200}), 7);
}

TEST(block_on, is_not_ended_by_a_spurious_wake) {
  test::manual<int> source;
  auto future = source.future();
  std::thread other([&source] {
    while (!source.is_waiting()) std::this_thread::yield();
    source.wake();
    while (source.poll_count() < 2) std::this_thread::yield();
    source.fire(1);
  });
  EXPECT_EQ(block_on(future), 1);
  other.join();
  EXPECT_GE(source.poll_count(), 3u);
}

TEST(block_on, borrows_an_lvalue_and_owns_an_rvalue) {
  test::future_counter seen;
  auto kept = test::count(ready(1), seen);
  EXPECT_EQ(block_on(kept), 1);
  EXPECT_EQ(seen.drops(), 0u);
  EXPECT_EQ(block_on(test::count(ready(2), seen)), 2);
  EXPECT_EQ(seen.drops(), 1u);
}

TEST(block_on, gives_void_references_and_move_only_values) {
  block_on(ready());
  int number = 0;
  auto reference = poll_fn([&number](context&) -> poll_result<int&> { return number; });
  int& same = block_on(reference);
  EXPECT_EQ(&same, &number);
  EXPECT_EQ(*block_on(ready(std::make_unique<int>(3))), 3);
}

TEST(block_on, rethrows_and_can_be_used_again) {
  EXPECT_THROW(block_on(test::throw_after(2, std::runtime_error("inside"))), std::runtime_error);
  EXPECT_EQ(block_on(ready(1)), 1);
}

async<int> blocks() { co_return block_on(ready(1)); }

TEST(block_on, inside_a_future_is_a_usage_error_with_its_line) {
  try {
    (void)block_on(blocks());
    FAIL() << "a nested block_on ran";
  } catch (const usage_error& error) {
    EXPECT_EQ(error.code(), usage::blocking_in_task);
    EXPECT_NE(std::string(error.where().file_name()).find("block_on_test.cpp"), std::string::npos);
  }
  EXPECT_EQ(block_on(ready(2)), 2);
}

async<int> blocks_on_another_thread() {
  int value = 0;
  std::thread other([&value] { value = block_on(adds(2, 3)); });
  other.join();
  co_return value;
}

TEST(block_on, other_threads_may_block_meanwhile) {
  EXPECT_EQ(block_on(blocks_on_another_thread()), 5);
}

TEST(block_on, serves_several_threads_at_once) {
  std::vector<std::thread> threads;
  std::vector<int> sums(4);
  for (std::size_t n = 0; n < sums.size(); ++n) {
    threads.emplace_back([&sums, n] {
      for (int round = 0; round < 100; ++round) sums[n] += block_on(adds(1, 1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sums, std::vector<int>({200, 200, 200, 200}));
}

TEST(block_on, a_waker_that_outlives_it_is_harmless) {
  waker kept;
  auto keeps = poll_fn([&kept](context& cx) -> poll_result<void> {
    kept = cx.waker();
    return done;
  });
  block_on(keeps);
  kept.wake_by_ref();
  const waker copy = kept;
  std::move(kept).wake();
  EXPECT_FALSE(copy.empty());
}

TEST(block_on, drives_joined_coroutines) {
  EXPECT_EQ(block_on(join(adds(1, 1), adds(2, 2))), std::tuple(2, 4));
}

TEST(block_on, destroys_an_owned_future_that_threw) {
  test::drop_counter drops;
  auto throwing = [](test::drop_counter::token token) -> async<void> {
    co_await test::done_after(1);
    (void)token;
    throw std::runtime_error("thrown");
  };
  EXPECT_THROW(block_on(throwing(drops.make())), std::runtime_error);
  EXPECT_EQ(drops.drops(), 1u);
}

}  // namespace
}  // namespace edo::tests
