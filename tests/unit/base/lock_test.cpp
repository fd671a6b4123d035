#include "edo/base/lock.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace edo::tests {
namespace {

using detail::raw_condition;
using detail::raw_guard;
using detail::raw_mutex;

constinit raw_mutex global_mutex;  // constant-initialised, as sync primitives must be

TEST(lock, excludes_threads_from_each_other) {
  constexpr int threads = 4;
  constexpr int rounds = 20'000;
  long counter = 0;  // plain: the sanitizer would see a race
  std::thread workers[threads];
  for (std::thread& t : workers) {
    t = std::thread([&] {
      for (int i = 0; i < rounds; ++i) {
        const raw_guard guard(global_mutex);
        ++counter;
      }
    });
  }
  for (std::thread& t : workers) t.join();
  EXPECT_EQ(counter, static_cast<long>(threads) * rounds);
}

TEST(lock, try_lock_fails_while_it_is_held) {
  raw_mutex mutex;
  ASSERT_TRUE(mutex.try_lock());
  std::thread([&] {
    const bool got = mutex.try_lock();
    EXPECT_FALSE(got);
    if (got) mutex.unlock();
  }).join();
  mutex.unlock();
  ASSERT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(lock, a_guard_can_be_released_and_taken_again) {
  raw_mutex mutex;
  raw_guard guard(mutex);
  guard.unlock();
  ASSERT_TRUE(mutex.try_lock());
  mutex.unlock();
  guard.lock();
  std::thread([&] {
    const bool got = mutex.try_lock();
    EXPECT_FALSE(got);
    if (got) mutex.unlock();
  }).join();
}

TEST(lock, conditions_hand_a_ball_back_and_forth) {
  constexpr int rounds = 5'000;
  raw_mutex mutex;
  raw_condition changed;
  int turn = 0;
  std::thread other([&] {
    for (int i = 0; i < rounds; ++i) {
      raw_guard guard(mutex);
      while (turn != 1) changed.wait(mutex);
      turn = 0;
      changed.notify_one();
    }
  });
  for (int i = 0; i < rounds; ++i) {
    raw_guard guard(mutex);
    while (turn != 0) changed.wait(mutex);
    turn = 1;
    changed.notify_one();
  }
  other.join();
  EXPECT_EQ(turn, 0);
}

TEST(lock, notify_all_wakes_every_waiter) {
  raw_mutex mutex;
  raw_condition changed;
  bool go = false;
  int woken = 0;
  std::thread waiters[8];
  for (std::thread& t : waiters) {
    t = std::thread([&] {
      raw_guard guard(mutex);
      while (!go) changed.wait(mutex);
      ++woken;
    });
  }
  {
    const raw_guard guard(mutex);
    go = true;
    changed.notify_all();
  }
  for (std::thread& t : waiters) t.join();
  EXPECT_EQ(woken, 8);
}

TEST(lock, a_wait_ends_at_its_deadline) {
  raw_mutex mutex;
  raw_condition never;
  raw_guard guard(mutex);
  const std::int64_t deadline = detail::monotonic_now_ns() + 2'000'000;
  while (never.wait_until(mutex, deadline)) {
  }
  EXPECT_GE(detail::monotonic_now_ns(), deadline);
  EXPECT_FALSE(never.wait_until(mutex, 0));  // long past
}

}  // namespace
}  // namespace edo::tests
