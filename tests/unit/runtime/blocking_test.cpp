// spawn_blocking and block_in_place.
#include "edo/runtime/blocking.hpp"

#include "edo/base/error.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <pthread.h>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;

class spawn_blocking : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, spawn_blocking, edo_test::all_flavours, edo_test::flavour_name);

TEST_P(spawn_blocking, gives_the_result_from_another_thread) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<bool> {
    const std::thread::id here = std::this_thread::get_id();
    auto job = edo::spawn_blocking([here] { return std::this_thread::get_id() != here; });
    auto r = co_await job;
    co_return *r;
  };
  EXPECT_TRUE(rt.block_on(body()));
}

TEST_P(spawn_blocking, takes_move_only_closures_and_results) {
  edo::runtime rt = make();
  auto job = rt.spawn_blocking([p = std::make_unique<int>(9)]() mutable { return std::move(p); });
  EXPECT_EQ(**rt.block_on(job), 9);
}

TEST_P(spawn_blocking, an_exception_reaches_the_handle) {
  edo::runtime rt = make();
  auto job = rt.spawn_blocking([]() -> int { throw std::runtime_error("job"); });
  const auto r = rt.block_on(job);
  EXPECT_THROW(r.error().rethrow(), std::runtime_error);
}

TEST_P(spawn_blocking, abort_before_the_start_destroys_the_closure_without_a_call) {
  edo::runtime rt = edo_test::build(builder().max_blocking_threads(1));
  std::binary_semaphore release(0);
  auto first = rt.spawn_blocking([&] { release.acquire(); });
  bool ran = false;
  auto second = rt.spawn_blocking([&] { ran = true; });
  second.abort();
  release.release();
  EXPECT_TRUE(rt.block_on(second).error().is_cancelled());
  EXPECT_FALSE(ran);
  EXPECT_TRUE(rt.block_on(first).has_value());
}

TEST_P(spawn_blocking, abort_of_a_running_job_tells_its_token_and_keeps_its_result) {
  edo::runtime rt = make();
  flag started;
  auto job = rt.spawn_blocking([&](std::stop_token token) {
    started.set();
    std::binary_semaphore stopped(0);
    const std::stop_callback on_stop(token, [&] { stopped.release(); });
    stopped.acquire();
    return token.stop_requested();
  });
  rt.block_on(started.wait());
  job.abort();
  EXPECT_TRUE(*rt.block_on(job));
}

TEST_P(spawn_blocking, never_exceeds_its_bound_and_ends_all_jobs) {
  constexpr int bound = 3;
  edo::runtime rt = edo_test::build(builder().max_blocking_threads(bound));
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::vector<edo::join_handle<int>> jobs;
  for (int i = 0; i < 200; ++i) {
    jobs.push_back(rt.spawn_blocking([&, i] {
      const int now = running.fetch_add(1) + 1;
      int seen = most.load();
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      std::this_thread::yield();
      running.fetch_sub(1);
      return i;
    }));
  }
  int sum = 0;
  for (auto& job : jobs) sum += *rt.block_on(job);
  EXPECT_EQ(sum, 199 * 200 / 2);
  EXPECT_LE(most.load(), bound);
}

TEST_P(spawn_blocking, jobs_that_wait_for_each_other_all_run) {
  edo::runtime rt = make();
  constexpr int count = 8;
  std::counting_semaphore<count> gate(0);
  std::vector<edo::join_handle<void>> waiting;
  for (int i = 0; i < count; ++i) {
    waiting.push_back(rt.spawn_blocking([&] { gate.acquire(); }));
  }
  auto opener = rt.spawn_blocking([&] { gate.release(count); });
  EXPECT_TRUE(rt.block_on(opener).has_value());
  for (auto& job : waiting) EXPECT_TRUE(rt.block_on(job).has_value());
}

TEST_P(spawn_blocking, an_idle_thread_ends_and_another_takes_its_place) {
  edo::runtime rt = edo_test::build(builder().thread_keep_alive(std::chrono::nanoseconds(1)));
  for (int i = 0; i < 20; ++i) {
    auto job = rt.spawn_blocking([i] { return i; });
    EXPECT_EQ(*rt.block_on(job), i);
  }
}

TEST_P(spawn_blocking, may_block_on_a_future_of_its_runtime) {
  edo::runtime rt = make();
  const edo::handle handle = rt.handle();
  auto job = rt.spawn_blocking([handle] {
    const auto body = []() -> edo::async<int> {
      auto h = edo::spawn(edo::ready(6));
      auto r = co_await h;
      co_return *r;
    };
    return handle.block_on(body());
  });
  EXPECT_EQ(*rt.block_on(job), 6);
}

TEST_P(spawn_blocking, has_a_task_id_and_the_name_of_the_runtimes_threads) {
  edo::runtime rt = edo_test::build(builder().thread_name("a name too long for it"));
  auto id = rt.spawn_blocking([] { return edo::this_task::id(); });
  const edo::task_id expected = id.id();
  EXPECT_EQ(*rt.block_on(id), expected);
  auto name = rt.spawn_blocking([] {
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    return std::string(text);
  });
  EXPECT_EQ(*rt.block_on(name), "a name too long");
}

class block_in_place : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime,
                         block_in_place,
                         edo_test::multi_thread_flavours,
                         edo_test::flavour_name);

TEST_P(block_in_place, lets_the_other_tasks_go_on) {
  edo::runtime rt = make();
  auto h = rt.spawn([]() -> edo::async<int> {
    std::binary_semaphore gate(0);
    auto other = edo::spawn([&gate]() -> edo::async<void> {
      co_await edo::yield_now();
      gate.release();
    });
    const int value = edo::block_in_place([&] {
      gate.acquire();
      return 3;
    });
    (void)co_await other;
    co_return value;
  });
  EXPECT_EQ(*rt.block_on(h), 3);
}

TEST_P(block_in_place, tasks_that_had_yielded_go_on_too) {
  edo::runtime rt = make();
  std::binary_semaphore gate(0);
  const auto yields = [&gate]() -> edo::async<void> {
    for (int i = 0; i < 100; ++i) co_await edo::yield_now();
    gate.release();
  };
  auto yielding = rt.spawn(yields);
  auto blocking = rt.spawn([&gate]() -> edo::async<void> {
    co_await edo::yield_now();
    edo::block_in_place([&gate] { gate.acquire(); });
  });
  EXPECT_TRUE(rt.block_on(blocking).has_value());
  EXPECT_TRUE(rt.block_on(yielding).has_value());
}

TEST_P(block_in_place, nests_and_repeats) {
  edo::runtime rt = make();
  auto h = rt.spawn([]() -> edo::async<int> {
    int sum = 0;
    for (int i = 0; i < 50; ++i) {
      sum += edo::block_in_place([] { return edo::block_in_place([] { return 1; }); });
      co_await edo::yield_now();
    }
    co_return sum;
  });
  EXPECT_EQ(*rt.block_on(h), 50);
}

TEST_P(block_in_place, block_on_is_allowed_inside) {
  edo::runtime rt = make();
  const edo::handle handle = rt.handle();
  auto h = rt.spawn([handle]() -> edo::async<int> {
    const edo::task_id before = edo::this_task::id();
    const int value = edo::block_in_place([&] {
      const auto body = []() -> edo::async<int> {
        auto inner = edo::spawn(edo::ready(4));
        auto r = co_await inner;
        co_return *r;
      };
      return handle.block_on(body());
    });
    EXPECT_EQ(edo::this_task::id(), before);
    co_return value;
  });
  EXPECT_EQ(*rt.block_on(h), 4);
}

TEST_P(block_in_place, an_exception_passes_through) {
  edo::runtime rt = make();
  auto h = rt.spawn([]() -> edo::async<void> {
    edo::block_in_place([] { throw std::runtime_error("inside"); });
    co_return;
  });
  EXPECT_THROW(rt.block_on(h).error().rethrow(), std::runtime_error);
}

TEST_P(block_in_place, all_workers_at_once_and_the_pool_at_its_bound_still_end) {
  edo::runtime rt = edo_test::build(builder().max_blocking_threads(2));
  std::vector<edo::join_handle<int>> handles;
  for (int i = 0; i < 32; ++i) {
    handles.push_back(rt.spawn([i]() -> edo::async<int> {
      co_await edo::yield_now();
      co_return edo::block_in_place([i] {
        std::this_thread::yield();
        return i;
      });
    }));
  }
  int sum = 0;
  for (auto& h : handles) sum += *rt.block_on(h);
  EXPECT_EQ(sum, 31 * 32 / 2);
}

TEST_P(block_in_place, in_the_root_future_only_calls) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> { co_return edo::block_in_place([] { return 8; }); };
  EXPECT_EQ(rt.block_on(body()), 8);
}

TEST(block_in_place_alone, outside_of_a_runtime_only_calls) {
  EXPECT_EQ(edo::block_in_place([] { return 1; }), 1);
}

TEST(block_in_place_alone, on_a_current_thread_runtime_is_a_usage_error) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
  const auto body = []() -> edo::async<int> {
    try {
      edo::block_in_place([] {});
    } catch (const edo::usage_error& e) {
      co_return static_cast<int>(e.code());
    }
    co_return 0;
  };
  EXPECT_EQ(rt.block_on(body()), static_cast<int>(edo::usage::no_block_in_place));
  auto h = rt.spawn(body());
  EXPECT_EQ(*rt.block_on(h), static_cast<int>(edo::usage::no_block_in_place));
}

TEST(spawn_blocking_alone, without_a_runtime_it_throws) {
  EXPECT_THROW((void)edo::spawn_blocking([] {}), edo::usage_error);
}

}  // namespace
