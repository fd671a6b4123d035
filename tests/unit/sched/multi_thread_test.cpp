// The multi-thread scheduler against a parker that only counts.
#include "sched/multi_thread.hpp"

#include "edo/runtime/yield_now.hpp"
#include "edo/task/detail/cell.hpp"
#include "edo/task/join_handle.hpp"

#include "unit/sched/fake_parker.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <semaphore>
#include <vector>

namespace {

using edo::detail::multi_thread;
using edo::detail::ref_ptr;
using edo_test::fake_environment;
using edo_test::fake_parker;
using edo_test::root_function;
using edo_test::spawn_on;

class fixture {
 public:
  explicit fixture(std::size_t workers, unsigned interval = 61)
      : parker(ref_ptr<fake_parker>::adopt(new fake_parker)),
        scheduler(ref_ptr<multi_thread>::adopt(
            new multi_thread(as_parker(), environment, {workers, interval, {"test", 0}}))) {}
  fixture(const fixture&) = delete;
  fixture& operator=(const fixture&) = delete;
  ~fixture() {
    scheduler->request_shutdown();
    EXPECT_EQ(scheduler->await_shutdown(INT64_MAX), 0U);
  }

  void start() { EXPECT_TRUE(scheduler->start()); }

  template <class T>
  void join(edo::join_handle<T>& handle) {
    root_function root([&](edo::context& cx) { return handle.poll(cx).is_ready(); });
    scheduler->block_on(root);
  }

  fake_environment environment;
  ref_ptr<fake_parker> parker;
  ref_ptr<multi_thread> scheduler;

 private:
  ref_ptr<edo::detail::parker> as_parker() {
    parker->add_ref();
    return ref_ptr<edo::detail::parker>::adopt(parker.get());
  }
};

struct counting {
  std::atomic<int>* count;
  edo::poll_result<void> poll(edo::context&) {
    count->fetch_add(1);
    return edo::done;
  }
};

TEST(multi_thread, a_burst_from_outside_wakes_a_sleeping_worker_once) {
  std::atomic<int> ran{0};
  // The worker returns from its sleep only when this thread lets it. It uses both until it ends.
  std::binary_semaphore leave(0);
  std::atomic<bool> hold{true};
  fixture f(1);
  f.parker->on_turn = [&] {
    if (hold.exchange(false)) leave.acquire();
  };
  f.start();
  f.parker->wait_for_parks(1);
  std::vector<edo::join_handle<void>> handles;
  for (int i = 0; i < 10; ++i) handles.push_back(spawn_on(*f.scheduler, counting{&ran}));
  EXPECT_EQ(f.parker->unparks(), 1);
  leave.release();
  for (auto& h : handles) f.join(h);
  EXPECT_EQ(ran.load(), 10);
}

TEST(multi_thread, a_task_that_yields_is_polled_again_only_after_the_drivers_turn) {
  fixture f(1);
  struct yielding {
    fixture* f;
    std::vector<int>* seen;
    edo::yield_future yield;
    edo::poll_result<void> poll(edo::context& cx) {
      seen->push_back(f->parker->polls());
      return yield.poll(cx);
    }
  };
  std::vector<int> turns_seen;
  f.start();
  auto task = spawn_on(*f.scheduler, yielding{&f, &turns_seen, edo::yield_now()});
  f.join(task);
  EXPECT_EQ(turns_seen, (std::vector<int>{0, 1}));
}

TEST(multi_thread, a_busy_worker_gives_the_driver_a_turn_every_interval) {
  fixture f(1, 10);
  struct self_waking {
    int times;
    edo::poll_result<void> poll(edo::context& cx) {
      if (times-- == 0) return edo::done;
      cx.waker().wake_by_ref();
      return edo::pending;
    }
  };
  f.start();
  auto task = spawn_on(*f.scheduler, self_waking{99});
  f.join(task);
  EXPECT_GE(f.parker->polls(), 9);
  EXPECT_LE(f.parker->polls(), 11);
}

TEST(multi_thread, tasks_that_wait_for_each_other_occupy_all_workers_at_once) {
  constexpr int workers = 4;
  fixture f(workers);
  f.start();
  // Each task blocks its worker until all four run: needs a chain of wakes from one to the next.
  struct meeting {
    std::latch* all;
    edo::poll_result<void> poll(edo::context&) {
      all->arrive_and_wait();
      return edo::done;
    }
  };
  for (int round = 0; round < 20; ++round) {
    std::latch meet(workers);
    std::vector<edo::join_handle<void>> handles;
    for (int i = 0; i < workers; ++i) handles.push_back(spawn_on(*f.scheduler, meeting{&meet}));
    for (auto& h : handles) f.join(h);
  }
}

TEST(multi_thread, tasks_spawned_by_a_poll_that_goes_on_reach_another_worker) {
  fixture f(2);
  f.start();
  // The first task blocks its worker until those that it spawns have run. One alone waits in the
  // LIFO slot, for which a watcher comes by; two are in the ring as well.
  struct spawning {
    fixture* f;
    int count;
    edo::poll_result<void> poll(edo::context&) {
      std::counting_semaphore<2> ran(0);
      struct releasing {
        std::counting_semaphore<2>* ran;
        edo::poll_result<void> poll(edo::context&) {
          ran->release();
          return edo::done;
        }
      };
      std::vector<edo::join_handle<void>> children;
      for (int i = 0; i < count; ++i) children.push_back(spawn_on(*f->scheduler, releasing{&ran}));
      for (int i = 0; i < count; ++i) ran.acquire();
      return edo::done;
    }
  };
  for (int round = 0; round < 50; ++round) {
    auto h = spawn_on(*f.scheduler, spawning{&f, 1 + round % 2});
    f.join(h);
  }
}

TEST(multi_thread, idle_workers_do_not_turn) {
  fixture f(4);
  f.start();
  f.parker->wait_for_parks(1);
  std::atomic<int> ran{0};
  auto h = spawn_on(*f.scheduler, counting{&ran});
  f.join(h);
  EXPECT_LE(f.parker->parks() + f.parker->polls(), 4);
}

}  // namespace
