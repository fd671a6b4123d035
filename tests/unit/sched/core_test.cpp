// A core's queues, its sleep, and the lease of it.
#include "sched/core.hpp"

#include "sched/lease.hpp"
#include "unit/sched/bare_task.hpp"
#include "unit/sched/fake_parker.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

using edo::detail::core;
using edo::detail::core_lease;
using edo::detail::lifo_slot;
using edo::detail::sleep_word;
using edo::detail::task_header;
using edo_test::bare_tasks;
using edo_test::fake_parker;
using edo_test::number_of;

TEST(core, keeps_the_order_of_tasks_beyond_the_ring) {
  constexpr int count = 1000;
  bare_tasks tasks(count + 1);
  core c(0, 1);
  for (int i = 0; i < count; ++i) c.push_back(tasks[i]);
  EXPECT_EQ(c.ring.size(), core::ring_size);
  EXPECT_EQ(c.counters.overflows.get(), count - core::ring_size);
  EXPECT_EQ(number_of(c.pop()), 0);
  c.push_back(tasks[count]);  // there is room in the ring, but others came first
  for (int i = 1; i <= count; ++i) EXPECT_EQ(number_of(c.pop()), i);
  EXPECT_EQ(c.pop(), nullptr);
  EXPECT_EQ(c.counters.local_schedules.get(), count + 1);
}

TEST(core, gives_thieves_more_when_they_have_emptied_half_of_the_ring) {
  constexpr int count = 400;
  bare_tasks tasks(count + 1);
  core c(0, 1);
  core thief(1, 2);
  for (int i = 0; i < count; ++i) c.push_back(tasks[i]);
  unsigned taken = 0;
  EXPECT_EQ(number_of(c.ring.steal_into(thief.ring, taken)), 0);
  EXPECT_EQ(taken, core::ring_size / 2);
  EXPECT_EQ(c.ring.size(), core::ring_size / 2);
  c.push_back(tasks[count]);
  EXPECT_EQ(c.ring.size(), core::ring_size);
  for (int i = core::ring_size / 2; i <= count; ++i) EXPECT_EQ(number_of(c.pop()), i);
}

TEST(core, what_is_pushed_next_displaces_what_was) {
  bare_tasks tasks(3);
  core c(0, 1);
  for (int i = 0; i < 3; ++i) c.push_next(tasks[i]);
  EXPECT_EQ(number_of(c.lifo.take()), 2);
  EXPECT_EQ(c.lifo.take(), nullptr);
  EXPECT_EQ(number_of(c.pop()), 0);
  EXPECT_EQ(number_of(c.pop()), 1);
}

TEST(core, after_enough_uses_in_a_row_the_slot_is_closed) {
  bare_tasks tasks(1);
  core c(0, 1);
  c.lifo_uses = core::lifo_uses_max;
  c.push_next(tasks[0]);
  EXPECT_TRUE(c.lifo.empty());
  EXPECT_EQ(number_of(c.pop()), 0);
}

TEST(lifo_slot, a_task_is_taken_once_by_the_holder_or_a_thief) {
  constexpr int total = 50'000;
  bare_tasks tasks(total);
  std::vector<std::atomic<int>> seen(total);
  lifo_slot slot;
  std::atomic<bool> over{false};
  const auto note = [&](task_header* task) {
    if (task != nullptr) seen[static_cast<std::size_t>(number_of(task))].fetch_add(1);
  };
  std::thread thief([&] {
    while (!over.load()) note(slot.take());
  });
  for (int i = 0; i < total; ++i) {
    note(slot.put(tasks[i]));
    if (i % 3 == 0) note(slot.take());
  }
  over.store(true);
  thief.join();
  note(slot.take());
  for (const std::atomic<int>& times : seen) EXPECT_EQ(times.load(), 1);
}

TEST(sleep_word, a_wake_before_the_sleep_is_not_lost) {
  auto driver = edo::detail::ref_ptr<fake_parker>::adopt(new fake_parker);
  sleep_word word;
  word.wake(*driver);
  word.sleep(-1);
  word.wake(*driver);
  word.wake(*driver);
  word.sleep_in(*driver, -1);
  EXPECT_EQ(driver->parks(), 0);
  EXPECT_EQ(driver->polls(), 1);  // the driver had its turn all the same
  EXPECT_EQ(driver->unparks(), 0);
}

TEST(sleep_word, a_wake_reaches_the_sleeper_wherever_it_sleeps) {
  auto driver = edo::detail::ref_ptr<fake_parker>::adopt(new fake_parker);
  sleep_word word;
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
  constexpr int rounds = 2000;
  std::thread sleeper([&] {
    for (int i = 0; i < rounds; ++i) {
      begun.store(i + 1);
      i % 2 == 0 ? word.sleep(-1) : word.sleep_in(*driver, -1);
      ended.store(i + 1);
    }
  });
  for (int i = 0; i < rounds; ++i) {
    while (begun.load() == i) std::this_thread::yield();
    word.wake(*driver);
    while (ended.load() == i) {
      std::this_thread::yield();
    }
  }
  sleeper.join();
}

TEST(sleep_word, a_sleep_with_a_limit_ends_by_itself) {
  auto driver = edo::detail::ref_ptr<fake_parker>::adopt(new fake_parker);
  sleep_word word;
  word.sleep(1'000'000);
  word.sleep_in(*driver, 1'000'000);
  EXPECT_EQ(driver->unparks(), 0);
}

TEST(core_lease, a_poll_that_nobody_asked_about_keeps_its_core) {
  core_lease lease;
  lease.attach();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(lease.in_poll());
    lease.begin_poll();
    EXPECT_TRUE(lease.in_poll());
    EXPECT_TRUE(lease.begin_use());
    EXPECT_TRUE(lease.in_poll());
    lease.end_use();
    EXPECT_TRUE(lease.end_poll());
  }
}

TEST(core_lease, a_core_that_was_given_away_is_not_used_until_another_is_attached) {
  core_lease lease;
  lease.attach();
  lease.begin_poll();
  EXPECT_TRUE(lease.begin_use());
  EXPECT_TRUE(lease.give());
  lease.end_use();
  EXPECT_FALSE(lease.begin_use());
  lease.end_use();
  EXPECT_FALSE(lease.begin_use());
  EXPECT_FALSE(lease.give());  // once
  lease.end_use();
  EXPECT_FALSE(lease.end_poll());
  EXPECT_FALSE(lease.settle());
  lease.attach();
  lease.begin_poll();
  EXPECT_TRUE(lease.begin_use());
  lease.end_use();
  EXPECT_TRUE(lease.end_poll());
}

TEST(core_lease, another_core_may_be_attached_in_the_same_poll) {
  core_lease lease;
  lease.attach();
  lease.begin_poll();
  EXPECT_TRUE(lease.begin_use());
  EXPECT_TRUE(lease.give());
  lease.end_use();
  lease.attach_in_poll();
  EXPECT_TRUE(lease.in_poll());
  EXPECT_TRUE(lease.begin_use());
  lease.end_use();
  EXPECT_TRUE(lease.end_poll());
}

}  // namespace
