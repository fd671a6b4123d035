// Who sleeps, who is woken; no wake is lost between a push and a worker that goes to sleep.
#include "sched/idle_set.hpp"

#include "sched/core.hpp"
#include "sched/inject_queue.hpp"
#include "unit/sched/bare_task.hpp"
#include "unit/sched/fake_parker.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <utility>
#include <vector>

namespace {

using edo::detail::core;
using edo::detail::idle_set;

TEST(idle_set, wakes_nobody_while_all_are_awake) {
  idle_set idle(2);
  EXPECT_FALSE(idle.may_choose());
  EXPECT_EQ(idle.choose(), nullptr);
  EXPECT_TRUE(idle.anybody_awake());
}

TEST(idle_set, chooses_the_one_who_fell_asleep_last_and_the_driver_in_the_end) {
  core a(0, 1);
  core b(1, 2);
  core c(2, 3);
  idle_set idle(3);
  EXPECT_FALSE(idle.park(a, false, false));
  EXPECT_FALSE(idle.park(b, false, true));
  EXPECT_FALSE(idle.park(c, false, false));
  EXPECT_FALSE(idle.anybody_awake());
  for (core* expected : {&c, &a, &b}) {
    EXPECT_TRUE(idle.may_choose());
    EXPECT_EQ(idle.choose(), expected);
    EXPECT_FALSE(idle.leave(*expected));  // it was chosen
    EXPECT_TRUE(idle.end_search());
  }
  EXPECT_EQ(idle.choose(), nullptr);
}

TEST(idle_set, promises_one_wake_at_a_time) {
  core a(0, 1);
  core b(1, 2);
  idle_set idle(3);
  EXPECT_FALSE(idle.park(a, false, false));
  EXPECT_FALSE(idle.park(b, false, false));
  EXPECT_EQ(idle.choose(), &b);
  EXPECT_FALSE(idle.may_choose());
  EXPECT_EQ(idle.choose(), nullptr);  // b searches, or will
  EXPECT_TRUE(idle.end_search());
  EXPECT_EQ(idle.choose(), &a);
}

TEST(idle_set, half_of_the_workers_search_at_most) {
  idle_set four(4);
  EXPECT_TRUE(four.begin_search());
  EXPECT_TRUE(four.begin_search());
  EXPECT_FALSE(four.begin_search());
  EXPECT_FALSE(four.end_search());
  EXPECT_TRUE(four.end_search());
  idle_set one(1);
  EXPECT_TRUE(one.begin_search());
}

TEST(idle_set, tells_the_last_searcher_that_falls_asleep_to_look_once_more) {
  core a(0, 1);
  core b(1, 2);
  idle_set idle(4);
  EXPECT_TRUE(idle.begin_search());
  EXPECT_TRUE(idle.begin_search());
  EXPECT_FALSE(idle.park(a, true, false));
  EXPECT_TRUE(idle.park(b, true, false));
}

TEST(idle_set, a_sleeper_that_wakes_by_itself_is_not_chosen) {
  core a(0, 1);
  idle_set idle(2);
  EXPECT_FALSE(idle.park(a, false, true));
  EXPECT_TRUE(idle.leave(a));
  EXPECT_EQ(idle.choose(), nullptr);
  EXPECT_FALSE(idle.may_choose());
}

// Two pushers and two sleepers, with all that a scheduler has between them: it ends only if no wake
// is lost.
TEST(idle_set, no_wake_is_lost_between_a_push_and_a_worker_that_falls_asleep) {
  constexpr int pushers = 2;
  constexpr int each = 5'000;
  constexpr int workers = 2;
  edo_test::bare_tasks tasks(pushers * each);
  edo::detail::inject_queue queue;
  idle_set idle(workers);
  edo_test::fake_parker driver;
  core cores[workers] = {core(0, 1), core(1, 2)};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  const auto wake_one = [&] {
    if (core* chosen = idle.choose()) chosen->sleeper.wake(driver);
  };
  for (core& c : cores) {
    threads.emplace_back([&] {
      bool searching = false;
      while (taken.load() < pushers * each) {
        edo::detail::run_queue batch;
        const auto count = static_cast<int>(queue.take(batch, workers, 3));
        if (count != 0) {
          if (std::exchange(searching, false) && idle.end_search() && queue.has_tasks()) wake_one();
          taken.fetch_add(count);
          continue;
        }
        if (!searching && idle.begin_search()) {
          searching = true;
          continue;
        }
        if (idle.park(c, std::exchange(searching, false), false) && queue.has_tasks()) wake_one();
        if (taken.load() < pushers * each) c.sleeper.sleep(-1);
        searching = !idle.leave(c);
      }
      for (core& other : cores) other.sleeper.wake(driver);  // it is over
    });
  }
  for (int p = 0; p < pushers; ++p) {
    threads.emplace_back([&, p] {
      for (int i = 0; i < each; ++i) {
        EXPECT_TRUE(queue.push(tasks[p * each + i]));
        wake_one();
        if (i % 16 == 0) std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken.load(), pushers * each);
}

}  // namespace
