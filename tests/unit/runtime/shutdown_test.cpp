// The end of a runtime: what is destroyed, where, and what a shutdown says about the rest.
#include "edo/base/error.hpp"
#include "edo/base/lock.hpp"
#include "edo/future/join.hpp"
#include "edo/runtime/handle.hpp"

#include "unit/runtime/flavours.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;
using namespace std::chrono_literals;

class shutdown : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, shutdown, edo_test::all_flavours, edo_test::flavour_name);

// Calls a function when it dies, in the middle of a suspended coroutine.
template <class Fn>
class at_death {
 public:
  explicit at_death(Fn fn) : fn_(std::move(fn)) {}
  at_death(const at_death&) = delete;
  at_death& operator=(const at_death&) = delete;
  ~at_death() { fn_(); }

 private:
  Fn fn_;
};

edo::async<void> hold(std::shared_ptr<int> held, flag* started) {
  if (started != nullptr) started->set();
  co_await edo::pending_forever<void>();
  held.reset();
}

TEST_P(shutdown, destroys_tasks_that_never_finish) {
  auto held = std::make_shared<int>(0);
  {
    const edo::runtime rt = make();
    flag started;
    for (int i = 0; i < 100; ++i) (void)rt.spawn(hold(held, nullptr));
    (void)rt.spawn(hold(held, &started));
    rt.block_on(started.wait());
    EXPECT_GT(held.use_count(), 1);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST_P(shutdown, destroys_tasks_that_were_never_polled) {
  auto held = std::make_shared<int>(0);
  {
    const edo::runtime rt = make();
    for (int i = 0; i < 100; ++i) (void)rt.spawn(hold(held, nullptr));
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST_P(shutdown, runs_destructors_in_the_runtimes_context_and_the_tasks) {
  std::optional<edo::task_id> seen;
  bool in_context = false;
  bool spawn_refused = false;
  std::optional<edo::task_id> id;
  {
    const edo::runtime rt = make();
    flag started;
    auto h = rt.spawn([&]() -> edo::async<void> {
      const at_death guard([&] {
        seen = edo::this_task::try_id();
        in_context = edo::handle::try_current().has_value();
        auto late = edo::spawn(edo::ready(1));
        spawn_refused = late.is_finished();
      });
      started.set();
      co_await edo::pending_forever<void>();
    });
    id = h.id();
    rt.block_on(started.wait());
  }
  EXPECT_EQ(seen, id);
  EXPECT_TRUE(in_context);
  EXPECT_TRUE(spawn_refused);
}

TEST_P(shutdown, tasks_that_wake_each_other_in_their_destructors_are_harmless) {
  for (int round = 0; round < 20; ++round) {
    flag a;
    flag b;
    flag a_started;
    flag b_started;
    const auto body = [](flag* own, flag* other, flag* started) -> edo::async<void> {
      const at_death guard([other] { other->set(); });
      started->set();
      co_await own->wait();
      co_await edo::pending_forever<void>();
    };
    const edo::runtime rt = make();
    (void)rt.spawn(edo::async_block(body, &a, &b, &a_started));
    (void)rt.spawn(edo::async_block(body, &b, &a, &b_started));
    rt.block_on(edo::join(a_started.wait(), b_started.wait()));
  }
}

TEST_P(shutdown, wakes_whoever_awaits_a_task_from_outside) {
  std::optional<edo::runtime> rt(make());
  auto h = rt->spawn(edo::pending_forever<int>());
  rt.reset();
  EXPECT_TRUE(edo::block_on(h).error().is_cancelled());
}

TEST_P(shutdown, with_a_huge_timeout_returns_at_once_when_nothing_runs) {
  edo::runtime rt = make();
  (void)rt.spawn(edo::pending_forever<void>());
  EXPECT_TRUE(std::move(rt).shutdown_timeout(std::chrono::hours(24 * 365 * 1000)).is_clean());
}

TEST_P(shutdown, names_a_blocking_job_that_does_not_end) {
  edo::runtime rt = make();
  std::binary_semaphore release(0);
  flag started;
  const auto line = std::source_location::current().line() + 1;
  auto job = rt.spawn_blocking([&] {
    started.set();
    release.acquire();
    return 5;
  });
  rt.block_on(started.wait());
  const std::int64_t begin = edo::detail::monotonic_now_ns();
  const edo::shutdown_report report = std::move(rt).shutdown_timeout(10ms);
  EXPECT_LT(edo::detail::monotonic_now_ns() - begin, 5'000'000'000);
  ASSERT_EQ(report.still_running.size(), 1U);
  EXPECT_EQ(report.still_running[0].kind, edo::running_task::kind_type::blocking_job);
  EXPECT_EQ(report.still_running[0].id, job.id());
  EXPECT_EQ(report.still_running[0].spawned.line(), line);
  EXPECT_EQ(report.threads_left, 1U);
  EXPECT_NE(report.to_string().find("blocking job"), std::string::npos);
  EXPECT_NE(report.to_string().find("shutdown_test.cpp:"), std::string::npos);
  release.release();
  EXPECT_EQ(*edo::block_on(job), 5);  // it goes on alone, and its result arrives
}

edo::async<void> block_in_place_until(flag* blocked, std::binary_semaphore* gate) {
  edo::block_in_place([=] {
    blocked->set();
    gate->acquire();
  });
  co_return;
}

// Blocks its worker, on purpose.
edo::async<void> stand_until(flag* standing, std::binary_semaphore* gate) {
  standing->set();
  gate->acquire();
  co_return;
}

TEST(shutdown_alone, counts_a_stuck_thread_that_took_the_place_of_a_blocked_worker_once) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::multi_thread().worker_threads(1));
  std::binary_semaphore leave_block(0);
  std::binary_semaphore release(0);
  flag blocked;
  flag stuck;
  auto first = rt.spawn(block_in_place_until(&blocked, &leave_block));
  rt.block_on(blocked.wait());
  auto second = rt.spawn(stand_until(&stuck, &release));
  rt.block_on(stuck.wait());
  leave_block.release();
  EXPECT_TRUE(edo::block_on(first).has_value());
  const edo::shutdown_report report = std::move(rt).shutdown_timeout(500ms);
  EXPECT_EQ(report.threads_left, 1U);
  EXPECT_EQ(report.still_running.size(), 1U);
  release.release();
  EXPECT_TRUE(edo::block_on(second).has_value());
}

TEST_P(shutdown, timeout_zero_with_a_stuck_job_returns) {
  edo::runtime rt = make();
  std::binary_semaphore release(0);
  flag started;
  auto job = rt.spawn_blocking([&] {
    started.set();
    release.acquire();
  });
  rt.block_on(started.wait());
  EXPECT_FALSE(std::move(rt).shutdown_timeout(0ns).is_clean());
  release.release();
  EXPECT_TRUE(edo::block_on(job).has_value());
}

TEST_P(shutdown, drops_jobs_that_have_not_begun) {
  edo::runtime rt = edo_test::build(builder().max_blocking_threads(1));
  std::binary_semaphore release(0);
  flag started;
  auto first = rt.spawn_blocking([&] {
    started.set();
    release.acquire();
  });
  auto held = std::make_shared<int>(0);
  auto second = rt.spawn_blocking([held] { return *held; });
  rt.block_on(started.wait());
  std::thread releaser([&] {
    // The second job's handle ends although the first one still holds the only thread.
    EXPECT_TRUE(edo::block_on(second).error().is_cancelled());
    release.release();
  });
  EXPECT_TRUE(std::move(rt).shutdown_timeout(60s).is_clean());
  releaser.join();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_TRUE(edo::block_on(first).has_value());
}

TEST_P(shutdown, tells_running_jobs_to_stop) {
  edo::runtime rt = make();
  flag started;
  auto job = rt.spawn_blocking([&](std::stop_token token) {
    started.set();
    std::binary_semaphore stopped(0);
    const std::stop_callback on_stop(token, [&] { stopped.release(); });
    stopped.acquire();
    return true;
  });
  rt.block_on(started.wait());
  EXPECT_TRUE(std::move(rt).shutdown_timeout(60s).is_clean());
  EXPECT_TRUE(*edo::block_on(job));
}

TEST_P(shutdown, in_the_background_is_allowed_inside_a_task) {
  auto held = std::make_shared<int>(0);
  auto rt = std::make_shared<std::optional<edo::runtime>>(make());
  const edo::handle handle = (*rt)->handle();
  (void)handle.spawn(hold(held, nullptr));
  flag done;
  const auto body = [rt, &done]() -> edo::async<void> {
    std::move(**rt).shutdown_background();
    done.set();
    co_return;
  };
  if (is_current_thread()) {
    handle.block_on(edo::async_block(body));
  } else {
    auto h = handle.spawn(body);
    (void)edo::block_on(h);
  }
  EXPECT_TRUE(done.is_set());
}

TEST_P(shutdown, inside_an_own_task_prints_why_and_goes_on_in_the_background) {
  auto rt = std::make_shared<std::optional<edo::runtime>>(make());
  const edo::handle handle = (*rt)->handle();
  flag ended;
  testing::internal::CaptureStderr();
  const auto body = [rt, &ended]() -> edo::async<void> {
    const at_death guard([&ended] { ended.set(); });
    rt->reset();
    co_await edo::yield_now();
    co_await edo::pending_forever<void>();
  };
  auto h = handle.spawn(body);
  if (is_current_thread()) {
    handle.block_on(h);
  } else {
    (void)edo::block_on(h);
  }
  edo::block_on(ended.wait());
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("EDO-E0012"), std::string::npos) << text;
  EXPECT_TRUE(h.is_finished());
}

TEST_P(shutdown, inside_an_own_blocking_job_prints_why_too) {
  auto rt = std::make_shared<std::optional<edo::runtime>>(make());
  const edo::handle handle = (*rt)->handle();
  testing::internal::CaptureStderr();
  auto job = handle.spawn_blocking([rt] { rt->reset(); });
  EXPECT_TRUE(edo::block_on(job).has_value());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("EDO-E0012"), std::string::npos);
}

TEST_P(shutdown, of_a_busy_runtime_ends_every_task) {
  for (int round = 0; round < 20; ++round) {
    auto held = std::make_shared<int>(0);
    {
      const edo::runtime rt = make();
      const auto spin = [](std::shared_ptr<int> keep) -> edo::async<void> {
        while (keep != nullptr) {
          (void)edo::spawn([keep]() -> edo::async<void> { co_await edo::yield_now(); });
          co_await edo::yield_now();
        }
      };
      for (int i = 0; i < 4; ++i) (void)rt.spawn(edo::async_block(spin, held));
      const auto some_turns = []() -> edo::async<void> {
        for (int i = 0; i < 10; ++i) co_await edo::yield_now();
      };
      rt.block_on(some_turns());
    }
    EXPECT_EQ(held.use_count(), 1);
  }
}

class shutdown_multi : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime,
                         shutdown_multi,
                         edo_test::multi_thread_flavours,
                         edo_test::flavour_name);

TEST_P(shutdown_multi, names_a_task_that_is_stuck_in_a_poll_and_destroys_the_others) {
  edo::runtime rt = make();
  std::binary_semaphore release(0);
  flag stuck;
  flag ended;
  auto held = std::make_shared<int>(0);
  for (int i = 0; i < 100; ++i) (void)rt.spawn(hold(held, nullptr));
  auto h = rt.spawn([&]() -> edo::async<void> {
    const at_death guard([&ended] { ended.set(); });
    stuck.set();
    release.acquire();
    co_await edo::pending_forever<void>();
  });
  rt.block_on(stuck.wait());
  const edo::shutdown_report report = std::move(rt).shutdown_timeout(50ms);
  ASSERT_EQ(report.still_running.size(), 1U);
  EXPECT_EQ(report.still_running[0].id, h.id());
  EXPECT_EQ(report.still_running[0].kind, edo::running_task::kind_type::task);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(h.is_finished());
  release.release();
  edo::block_on(ended.wait());  // its thread destroys it when the poll ends
  EXPECT_TRUE(edo::block_on(h).error().is_cancelled());
}

TEST_P(shutdown_multi, a_task_in_block_in_place_that_waits_for_another_task_ends) {
  edo::runtime rt = make();
  auto gate = std::make_shared<std::binary_semaphore>(0);
  flag blocked;
  (void)rt.spawn([gate, &blocked]() -> edo::async<void> {
    edo::block_in_place([&] {
      blocked.set();
      gate->acquire();
    });
    co_return;
  });
  (void)rt.spawn([gate]() -> edo::async<void> {
    const at_death guard([gate] { gate->release(); });
    co_await edo::pending_forever<void>();
  });
  rt.block_on(blocked.wait());
  // One of the two may not have been polled yet; its closure releases nothing then.
  gate->release();
  EXPECT_TRUE(std::move(rt).shutdown_timeout(60s).is_clean());
}

TEST(shutdown_report, the_destructor_prints_what_it_left) {
  std::binary_semaphore release(0);
  flag started;
  edo::join_handle<void> job;
  testing::internal::CaptureStderr();
  {
    edo::runtime rt = edo_test::build(
        edo::runtime_builder::current_thread().shutdown_deadline(std::chrono::milliseconds(1)));
    job = rt.spawn_blocking([&] {
      started.set();
      release.acquire();
    });
    rt.block_on(started.wait());
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("blocking job " + std::to_string(job.id().value())), std::string::npos)
      << text;
  release.release();
  EXPECT_TRUE(edo::block_on(job).has_value());
}

}  // namespace
