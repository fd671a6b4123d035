// The queue of what is woken from elsewhere.
#include "sched/inject_queue.hpp"

#include "unit/sched/bare_task.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

using edo::detail::inject_queue;
using edo::detail::run_queue;
using edo::detail::task_header;
using edo_test::bare_tasks;
using edo_test::number_of;

TEST(inject_queue, gives_tasks_in_the_order_in_which_they_came) {
  bare_tasks tasks(6);
  inject_queue q;
  run_queue out;
  EXPECT_FALSE(q.has_tasks());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(q.push(tasks[i]));
  EXPECT_TRUE(q.has_tasks());
  EXPECT_EQ(q.take(out, 1, 2), 2U);
  for (int i = 3; i < 6; ++i) EXPECT_TRUE(q.push(tasks[i]));
  EXPECT_EQ(q.take(out, 1, 100), 4U);
  EXPECT_FALSE(q.has_tasks());
  for (int i = 0; i < 6; ++i) EXPECT_EQ(number_of(out.pop()), i);
}

TEST(inject_queue, leaves_a_share_for_the_other_workers) {
  bare_tasks tasks(8);
  inject_queue q;
  run_queue out;
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(q.push(tasks[i]));
  EXPECT_EQ(q.size(), 8U);
  EXPECT_EQ(q.take(out, 4, 100), 3U);
  EXPECT_EQ(q.size(), 5U);
  EXPECT_EQ(q.pushed(), 8U);
  EXPECT_EQ(q.take(out, 4, 100), 2U);
  EXPECT_EQ(q.take(out, 4, 1), 1U);
  EXPECT_TRUE(q.has_tasks());
  EXPECT_EQ(q.take(out, 4, 100), 1U);
  EXPECT_EQ(q.take(out, 4, 100), 1U);
  EXPECT_EQ(q.take(out, 4, 100), 0U);
}

TEST(inject_queue, takes_nothing_any_more_once_it_is_closed) {
  bare_tasks tasks(4);
  inject_queue q;
  run_queue taken;
  run_queue left;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(q.push(tasks[i]));
  EXPECT_EQ(q.take(taken, 1, 1), 1U);
  q.close(left);
  EXPECT_EQ(number_of(left.pop()), 1);
  EXPECT_EQ(number_of(left.pop()), 2);
  EXPECT_TRUE(left.empty());
  EXPECT_FALSE(q.push(tasks[3]));
  EXPECT_FALSE(q.has_tasks());
  EXPECT_EQ(q.take(taken, 1, 1), 0U);
  q.close(left);
  EXPECT_TRUE(left.empty());
}

// Several threads push, two take, and the queue is closed in the middle: each task is taken once,
// or refused, and the tasks of one pusher come in their order.
TEST(inject_queue, no_task_is_lost_or_taken_twice_while_many_push) {
  constexpr int pushers = 3;
  constexpr int each = 5'000;
  for (const bool closes : {false, true}) {
    bare_tasks tasks(pushers * each);
    std::vector<std::atomic<int>> seen(pushers * each);
    inject_queue q;
    std::atomic<int> pushing{pushers};
    const auto note = [&](run_queue& batch) {
      while (task_header* task = batch.pop()) {
        seen[static_cast<std::size_t>(number_of(task))].fetch_add(1);
      }
    };
    std::vector<std::thread> threads;
    for (int p = 0; p < pushers; ++p) {
      threads.emplace_back([&, p] {
        for (int i = 0; i < each; ++i) {
          task_header& task = tasks[p * each + i];
          if (!q.push(task)) seen[static_cast<std::size_t>(number_of(&task))].fetch_add(1);
        }
        pushing.fetch_sub(1);
      });
    }
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        for (bool last_round = false;;) {
          run_queue batch;
          if (q.take(batch, 2, 7) != 0) {
            note(batch);
            continue;
          }
          if (last_round) return;
          last_round = pushing.load() == 0;
        }
      });
    }
    if (closes) {
      while (!q.has_tasks() && pushing.load() != 0) std::this_thread::yield();
      run_queue left;
      q.close(left);
      note(left);
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::atomic<int>& times : seen) EXPECT_EQ(times.load(), 1);
  }
}

TEST(inject_queue, keeps_the_order_of_one_pusher_while_others_push) {
  constexpr int each = 5'000;
  bare_tasks tasks(2 * each);
  inject_queue q;
  std::thread other([&] {
    for (int i = each; i < 2 * each; ++i) EXPECT_TRUE(q.push(tasks[i]));
  });
  std::thread pusher([&] {
    for (int i = 0; i < each; ++i) EXPECT_TRUE(q.push(tasks[i]));
  });
  int taken = 0;
  int last_of_one = -1;
  int last_of_other = each - 1;
  while (taken < 2 * each) {
    run_queue batch;
    taken += static_cast<int>(q.take(batch, 1, 16));
    while (task_header* task = batch.pop()) {
      const int number = number_of(task);
      int& last = number < each ? last_of_one : last_of_other;
      EXPECT_EQ(number, last + 1);
      last = number;
    }
  }
  other.join();
  pusher.join();
}

}  // namespace
