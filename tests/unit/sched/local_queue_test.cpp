// The ring from which workers steal: alone, and raced with four places.
#include "sched/local_queue.hpp"

#include "edo/base/random.hpp"

#include "unit/sched/bare_task.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

using edo::detail::local_queue;
using edo::detail::task_header;
using edo_test::bare_tasks;
using edo_test::number_of;

TEST(local_queue, gives_tasks_in_the_order_in_which_they_came) {
  bare_tasks tasks(6);
  local_queue<4> q;
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(q.push(tasks[0]));
    EXPECT_TRUE(q.push(tasks[1]));
    EXPECT_EQ(q.size(), 2U);
    EXPECT_EQ(number_of(q.pop()), 0);
    EXPECT_TRUE(q.push(tasks[2]));
    EXPECT_EQ(number_of(q.pop()), 1);
    EXPECT_EQ(number_of(q.pop()), 2);
    EXPECT_EQ(q.pop(), nullptr);
    EXPECT_TRUE(q.empty());
  }
}

TEST(local_queue, refuses_a_task_when_it_is_full) {
  bare_tasks tasks(5);
  local_queue<4> q;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(q.push(tasks[i]));
  EXPECT_FALSE(q.push(tasks[4]));
  EXPECT_EQ(number_of(q.pop()), 0);
  EXPECT_TRUE(q.push(tasks[4]));
  for (int i = 1; i < 5; ++i) EXPECT_EQ(number_of(q.pop()), i);
}

TEST(local_queue, a_thief_takes_half_rounded_up_the_oldest_first) {
  for (int size = 0; size <= 4; ++size) {
    bare_tasks tasks(4);
    local_queue<4> victim;
    local_queue<4> thief;
    for (int i = 0; i < size; ++i) EXPECT_TRUE(victim.push(tasks[i]));
    unsigned count = 0;
    task_header* first = victim.steal_into(thief, count);
    const int taken = size - size / 2;
    EXPECT_EQ(number_of(first), size == 0 ? -1 : 0);
    EXPECT_EQ(count, static_cast<unsigned>(taken));
    for (int i = 1; i < taken; ++i) EXPECT_EQ(number_of(thief.pop()), i);
    EXPECT_EQ(thief.pop(), nullptr);
    for (int i = taken; i < size; ++i) EXPECT_EQ(number_of(victim.pop()), i);
    EXPECT_EQ(victim.pop(), nullptr);
  }
}

TEST(local_queue, fills_from_a_list_as_far_as_there_is_room) {
  bare_tasks tasks(7);
  local_queue<4> q;
  edo::detail::run_queue list;
  EXPECT_TRUE(q.push(tasks[0]));
  for (int i = 1; i < 7; ++i) list.push(tasks[i]);
  q.take_from(list);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(number_of(q.pop()), i);
  EXPECT_EQ(number_of(list.pop()), 4);
  q.take_from(list);
  EXPECT_EQ(number_of(q.pop()), 5);
  EXPECT_EQ(number_of(q.pop()), 6);
  EXPECT_TRUE(list.empty());
}

// Every task is seen by exactly one of the holder and the thieves, and each of them sees an
// increasing sequence, since all take the oldest first.
TEST(local_queue, no_task_is_lost_or_taken_twice_while_thieves_steal) {
  constexpr int total = 20'000;
  constexpr int thieves = 3;
  bare_tasks tasks(total);
  std::vector<std::atomic<int>> seen(total);
  local_queue<4> victim;
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < thieves; ++t) {
    threads.emplace_back([&] {
      local_queue<4> own;
      int last = -1;
      const auto take = [&](task_header* task) {
        const int number = number_of(task);
        EXPECT_GT(number, last);
        last = number;
        seen[static_cast<std::size_t>(number)].fetch_add(1);
      };
      for (bool last_round = false;;) {
        unsigned count = 0;
        if (task_header* first = victim.steal_into(own, count)) {
          take(first);
          while (task_header* next = own.pop()) take(next);
          continue;
        }
        if (last_round) return;
        last_round = over.load();
      }
    });
  }
  edo::detail::random rng(7);
  for (int next = 0; next < total;) {
    const std::uint32_t burst = 1 + rng.below(6);
    for (std::uint32_t i = 0; i < burst && next < total; ++i) {
      if (!victim.push(tasks[next])) break;
      ++next;
    }
    if (rng.below(2) == 0) {
      if (task_header* task = victim.pop()) {
        seen[static_cast<std::size_t>(number_of(task))].fetch_add(1);
      }
    }
  }
  while (task_header* task = victim.pop()) {
    seen[static_cast<std::size_t>(number_of(task))].fetch_add(1);
  }
  over.store(true);
  for (std::thread& thread : threads) thread.join();
  for (const std::atomic<int>& times : seen) EXPECT_EQ(times.load(), 1);
}

}  // namespace
