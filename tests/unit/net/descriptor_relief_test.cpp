#include "net/descriptor_relief.hpp"

#include "edo/base/atomic.hpp"
#include "edo/test/mock_waker.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

namespace {

using edo::detail::descriptor_relief;
using edo::detail::relief_waiter;

TEST(descriptor_relief, release_wakes_all_who_wait) {
  descriptor_relief relief;
  std::vector<relief_waiter> waiters(100);
  const edo::test::mock_waker woken;
  for (auto& waiter : waiters) EXPECT_TRUE(relief.enlist(waiter, relief.ticket(), woken.waker()));
  relief.released();
  EXPECT_EQ(woken.wakes(), 100u);
  EXPECT_EQ(woken.live(), 0u);
  relief.released();
  EXPECT_EQ(woken.wakes(), 100u);
}

TEST(descriptor_relief, release_between_the_ticket_and_the_list_is_not_missed) {
  descriptor_relief relief;
  relief_waiter waiter;
  const edo::test::mock_waker woken;
  const auto ticket = relief.ticket();
  relief.released();
  EXPECT_FALSE(relief.enlist(waiter, ticket, woken.waker()));
  EXPECT_EQ(woken.live(), 0u);
  EXPECT_TRUE(relief.enlist(waiter, relief.ticket(), woken.waker()));
  relief.leave(waiter);
  EXPECT_EQ(woken.live(), 0u);
}

TEST(descriptor_relief, who_waits_already_gets_a_new_waker) {
  descriptor_relief relief;
  relief_waiter waiter;
  const edo::test::mock_waker first;
  const edo::test::mock_waker second;
  EXPECT_TRUE(relief.enlist(waiter, relief.ticket(), first.waker()));
  EXPECT_TRUE(relief.enlist(waiter, relief.ticket(), second.waker()));
  EXPECT_EQ(first.live(), 0u);
  relief.released();
  EXPECT_EQ(first.wakes(), 0u);
  EXPECT_EQ(second.wakes(), 1u);
}

TEST(descriptor_relief, who_left_is_not_woken) {
  descriptor_relief relief;
  relief_waiter stays;
  relief_waiter leaves;
  const edo::test::mock_waker woken;
  EXPECT_TRUE(relief.enlist(leaves, relief.ticket(), woken.waker()));
  EXPECT_TRUE(relief.enlist(stays, relief.ticket(), woken.waker()));
  relief.leave(leaves);
  relief.leave(leaves);
  relief.released();
  EXPECT_EQ(woken.wakes(), 1u);
}

TEST(descriptor_relief, no_release_is_lost_between_threads) {
  constexpr unsigned rounds = 20'000;
  descriptor_relief relief;
  edo::atomic<unsigned> tokens{0};  // what a release makes available, as a descriptor would be
  std::thread closer([&] {
    for (unsigned i = 0; i < rounds; ++i) {
      // relaxed: the relief orders it.
      tokens.fetch_add(1, edo::memory_order_relaxed);
      relief.released();
    }
  });
  unsigned taken = 0;
  while (taken < rounds) {
    relief_waiter waiter;
    const edo::test::mock_waker woken;
    const auto ticket = relief.ticket();
    const unsigned got = tokens.exchange(0, edo::memory_order_relaxed);
    taken += got;
    if (got == 0 && relief.enlist(waiter, ticket, woken.waker())) {
      while (!woken.is_woken()) std::this_thread::yield();
    }
    relief.leave(waiter);
  }
  closer.join();
}

}  // namespace
