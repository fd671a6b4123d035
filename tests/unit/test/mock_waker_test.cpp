#include "edo/test/mock_waker.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

using edo::test::mock_waker;

TEST(mock_waker, a_new_one_has_counted_nothing) {
  const mock_waker mock;
  EXPECT_EQ(mock.clones(), 0u);
  EXPECT_EQ(mock.drops(), 0u);
  EXPECT_EQ(mock.live(), 0u);
  EXPECT_EQ(mock.wakes(), 0u);
  EXPECT_FALSE(mock.is_woken());
}

TEST(mock_waker, counts_each_clone_and_each_drop) {
  const mock_waker mock;
  {
    const edo::waker one = mock.waker();
    const edo::waker two = one;
    EXPECT_EQ(mock.clones(), 2u);
    EXPECT_EQ(mock.live(), 2u);
    EXPECT_EQ(mock.drops(), 0u);
  }
  EXPECT_EQ(mock.clones(), 2u);
  EXPECT_EQ(mock.drops(), 2u);
  EXPECT_EQ(mock.live(), 0u);
}

TEST(mock_waker, a_move_is_neither_a_clone_nor_a_drop) {
  const mock_waker mock;
  edo::waker one = mock.waker();
  const edo::waker two = std::move(one);
  EXPECT_EQ(mock.clones(), 1u);
  EXPECT_EQ(mock.live(), 1u);
  EXPECT_TRUE(two.will_wake(mock.waker()));
}

TEST(mock_waker, a_wake_by_value_is_a_wake_and_a_drop) {
  const mock_waker mock;
  edo::waker one = mock.waker();
  std::move(one).wake();
  EXPECT_EQ(mock.wakes_by_value(), 1u);
  EXPECT_EQ(mock.wakes_by_ref(), 0u);
  EXPECT_EQ(mock.drops(), 1u);
  EXPECT_EQ(mock.live(), 0u);
  EXPECT_TRUE(mock.is_woken());
}

TEST(mock_waker, wakes_by_reference_are_not_coalesced) {
  const mock_waker mock;
  mock.waker().wake_by_ref();
  mock.waker().wake_by_ref();
  EXPECT_EQ(mock.wakes(), 2u);
  EXPECT_EQ(mock.wakes_by_ref(), 2u);
  EXPECT_EQ(mock.drops(), 0u);
}

TEST(mock_waker, clearing_forgets_the_wake_and_keeps_the_counts) {
  mock_waker mock;
  EXPECT_FALSE(mock.clear_woken());
  mock.waker().wake_by_ref();
  EXPECT_TRUE(mock.clear_woken());
  EXPECT_FALSE(mock.is_woken());
  EXPECT_EQ(mock.wakes(), 1u);
}

TEST(mock_waker, clones_may_outlive_it) {
  edo::waker kept;
  {
    const mock_waker mock;
    kept = mock.waker();
  }
  kept.wake_by_ref();
  EXPECT_FALSE(kept.empty());
}

TEST(mock_waker, two_of_them_do_not_wake_each_other) {
  const mock_waker one;
  const mock_waker two;
  EXPECT_FALSE(one.waker().will_wake(two.waker()));
  one.waker().wake_by_ref();
  EXPECT_FALSE(two.is_woken());
}

TEST(mock_waker, moving_keeps_the_counts) {
  mock_waker one;
  one.waker().wake_by_ref();
  mock_waker two = std::move(one);
  EXPECT_EQ(two.wakes(), 1u);
  mock_waker three;
  three = std::move(two);
  EXPECT_EQ(three.wakes(), 1u);
}

TEST(mock_waker, counts_exactly_from_several_threads) {
  constexpr unsigned rounds = 2000;
  const mock_waker mock;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&mock] {
      for (unsigned round = 0; round < rounds; ++round) {
        edo::waker clone = mock.waker();
        clone.wake_by_ref();
        std::move(clone).wake();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mock.clones(), 4 * rounds);
  EXPECT_EQ(mock.drops(), 4 * rounds);
  EXPECT_EQ(mock.wakes_by_ref(), 4 * rounds);
  EXPECT_EQ(mock.wakes_by_value(), 4 * rounds);
  EXPECT_EQ(mock.live(), 0u);
}

TEST(mock_waker_DeathTest, a_drop_too_many_aborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        const mock_waker mock;
        const edo::waker& own = mock.waker();
        own.vtable()->clone(own.data());
        own.vtable()->drop(own.data());
        own.vtable()->drop(own.data());
      },
      "drops <= clones_");
}

}  // namespace
