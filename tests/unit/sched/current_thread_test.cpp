// The current-thread scheduler against a parker that only counts.
#include "sched/current_thread.hpp"

#include "edo/runtime/yield_now.hpp"
#include "edo/task/detail/cell.hpp"
#include "edo/task/join_handle.hpp"

#include "unit/sched/fake_parker.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

using edo::detail::current_thread;
using edo::detail::ref_ptr;
using edo_test::fake_parker;
using edo_test::root_function;
using edo_test::spawn_on;

struct fixture {
  explicit fixture(unsigned interval = 61)
      : parker(ref_ptr<fake_parker>::adopt(new fake_parker)),
        scheduler(ref_ptr<current_thread>::adopt(
            new current_thread(ref_ptr<edo::detail::parker>(as_parker()), interval))) {}
  fixture(const fixture&) = delete;
  fixture& operator=(const fixture&) = delete;
  ~fixture() {
    scheduler->request_shutdown();
    EXPECT_EQ(scheduler->await_shutdown(INT64_MAX), 0U);
  }

  ref_ptr<edo::detail::parker> as_parker() {
    parker->add_ref();
    return ref_ptr<edo::detail::parker>::adopt(parker.get());
  }

  ref_ptr<fake_parker> parker;
  ref_ptr<current_thread> scheduler;
};

// Wakes itself and pends, `times` times.
struct self_waking {
  int times;
  int* polls;
  edo::poll_result<void> poll(edo::context& cx) {
    ++*polls;
    if (times-- == 0) return edo::done;
    cx.waker().wake_by_ref();
    return edo::pending;
  }
};

TEST(current_thread, a_task_that_yields_is_polled_again_only_after_the_drivers_turn) {
  fixture f;
  std::vector<int> turns_seen;
  struct yielding {
    fixture* f;
    std::vector<int>* seen;
    edo::yield_future yield;
    edo::poll_result<void> poll(edo::context& cx) {
      seen->push_back(f->parker->polls());
      return yield.poll(cx);
    }
  };
  auto task = spawn_on(*f.scheduler, yielding{&f, &turns_seen, edo::yield_now()});
  root_function root([&](edo::context& cx) { return task.poll(cx).is_ready(); });
  f.scheduler->block_on(root);
  EXPECT_EQ(turns_seen, (std::vector<int>{0, 1}));
  EXPECT_EQ(f.parker->parks(), 0);
}

TEST(current_thread, a_yield_forced_by_the_budget_waits_for_the_driver_too) {
  fixture f;
  struct greedy {
    fixture* f;
    int left;
    std::vector<int>* seen;
    edo::poll_result<void> poll(edo::context& cx) {
      seen->push_back(f->parker->polls());
      for (; left > 0; --left) {
        if (!cx.try_charge()) return edo::pending;
      }
      return edo::done;
    }
  };
  std::vector<int> turns_seen;
  auto task = spawn_on(*f.scheduler, greedy{&f, 300, &turns_seen});
  root_function root([&](edo::context& cx) { return task.poll(cx).is_ready(); });
  f.scheduler->block_on(root);
  EXPECT_EQ(turns_seen, (std::vector<int>{0, 1, 2}));
}

TEST(current_thread, a_busy_thread_gives_the_driver_a_turn_every_interval) {
  fixture f(10);
  int polls = 0;
  auto task = spawn_on(*f.scheduler, self_waking{99, &polls});
  root_function root([&](edo::context& cx) { return task.poll(cx).is_ready(); });
  f.scheduler->block_on(root);
  EXPECT_EQ(polls, 100);
  EXPECT_GE(f.parker->polls(), 9);
  EXPECT_LE(f.parker->polls(), 11);
}

TEST(current_thread, waking_the_root_on_its_own_thread_costs_no_turn_of_the_driver) {
  fixture f;
  int polls = 0;
  int task_polls = 0;
  root_function root([&](edo::context& cx) {
    if (++polls == 20) return true;
    auto task = spawn_on(*f.scheduler, self_waking{0, &task_polls});
    cx.waker().wake_by_ref();
    return false;
  });
  f.scheduler->block_on(root);
  EXPECT_EQ(f.parker->polls(), 0);
  EXPECT_EQ(f.parker->parks(), 0);
  EXPECT_EQ(f.parker->unparks(), 0);
}

TEST(current_thread, an_idle_thread_sleeps_until_another_wakes_it) {
  fixture f;
  std::thread other;
  int polls = 0;
  root_function root([&](edo::context& cx) {
    if (++polls == 2) return true;
    other = std::thread([&f, waker = cx.waker()]() mutable {
      f.parker->wait_for_parks(1);
      std::move(waker).wake();
    });
    return false;
  });
  f.scheduler->block_on(root);
  other.join();
  EXPECT_EQ(polls, 2);
  EXPECT_EQ(f.parker->parks(), 1);
}

TEST(current_thread, self_waking_tasks_cannot_starve_the_root_nor_an_injected_task) {
  fixture f;
  int busy_polls = 0;
  auto busy = spawn_on(*f.scheduler, self_waking{1'000'000, &busy_polls});
  int fresh_polls = 0;
  edo::join_handle<void> fresh;
  std::thread injector;
  int root_polls = 0;
  root_function root([&](edo::context& cx) {
    if (++root_polls == 1) {
      injector = std::thread([&] { fresh = spawn_on(*f.scheduler, self_waking{0, &fresh_polls}); });
      injector.join();
    }
    cx.waker().wake_by_ref();
    return fresh_polls == 1;
  });
  f.scheduler->block_on(root);
  EXPECT_LE(busy_polls, 200);
  EXPECT_GE(root_polls, 2);
  busy.abort();
}

}  // namespace
