// What a runtime tells of its threads and tasks, and what becomes of exceptions that nobody sees.
#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/runtime/task_builder.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;
using namespace std::chrono_literals;

class hooks : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, hooks, edo_test::all_flavours, edo_test::flavour_name);

// Lines from any thread.
class record {
 public:
  void add(std::string line) {
    const std::lock_guard guard(lock_);
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> lines() {
    const std::lock_guard guard(lock_);
    return lines_;
  }

 private:
  std::mutex lock_;
  std::vector<std::string> lines_;
};

edo::async<int> answer() { co_return 42; }
edo::async<void> yield_once() { co_await edo::yield_now(); }
edo::async<void> fail_with(const char* text) {
  throw std::runtime_error(text);
  co_return;
}

TEST_P(hooks, tell_of_each_thread_once_when_it_starts_and_before_it_ends) {
  std::atomic<int> started{0};
  std::atomic<int> stopped{0};
  {
    edo::runtime rt = edo_test::build(builder()
                                          .on_thread_start([&] {
                                            EXPECT_TRUE(edo::handle::try_current().has_value());
                                            started.fetch_add(1);
                                          })
                                          .on_thread_stop([&] { stopped.fetch_add(1); })
                                          .max_blocking_threads(1));
    auto job = rt.spawn_blocking([] {});
    EXPECT_TRUE(rt.block_on(job).has_value());
  }
  const int workers = is_current_thread() ? 0 : static_cast<int>(GetParam().workers);
  EXPECT_EQ(started.load(), workers + 1);
  EXPECT_EQ(stopped.load(), started.load());
}

TEST(hooks_alone, a_blocking_thread_that_takes_a_core_does_not_start_twice) {
  std::atomic<int> started{0};
  {
    edo::runtime rt = edo_test::build(edo::runtime_builder::multi_thread()
                                          .worker_threads(1)
                                          .max_blocking_threads(1)
                                          .on_thread_start([&] { started.fetch_add(1); }));
    flag ran;
    const auto blocks = [](flag* other) -> edo::async<void> {
      std::binary_semaphore gate(0);
      auto task = edo::spawn(
          [](flag* f, std::binary_semaphore* g) -> edo::async<void> {
            f->set();
            g->release();
            co_return;
          },
          other, &gate);
      edo::block_in_place([&] { gate.acquire(); });
      static_cast<void>(co_await task);
    };
    auto task = rt.spawn(edo::async_block(blocks, &ran));
    EXPECT_TRUE(rt.block_on(task).has_value());
  }
  EXPECT_EQ(started.load(), 2);
}

TEST_P(hooks, tell_of_a_task_from_its_spawn_to_its_end_in_order) {
  record seen;
  edo::task_id first(0);
  {
    const auto note = [&](const char* what) {
      return [&seen, what](const edo::task_meta& task) {
        seen.add(std::string(what) + " " + std::string(task.name) + " " +
                 std::to_string(task.id.value()));
      };
    };
    edo::runtime rt = edo_test::build(builder()
                                          .on_task_spawn(note("spawn"))
                                          .on_before_poll(note("before"))
                                          .on_after_poll(note("after"))
                                          .on_task_terminate(note("end")));
    auto task = edo::task_builder().name("one").on(rt.handle()).spawn(yield_once());
    first = task.id();
    EXPECT_TRUE(rt.block_on(task).has_value());
  }
  const std::string id = " one " + std::to_string(first.value());
  EXPECT_EQ(seen.lines(), (std::vector<std::string>{"spawn" + id, "before" + id, "after" + id,
                                                    "before" + id, "end" + id, "after" + id}));
}

TEST_P(hooks, tell_the_users_line_of_a_spawn) {
  std::atomic<unsigned> line{0};
  edo::runtime rt = edo_test::build(builder().on_task_spawn([&](const edo::task_meta& task) {
    line.store(task.spawned.line());
    EXPECT_NE(std::string(task.spawned.file_name()).find("hooks_test.cpp"), std::string::npos);
  }));
  const unsigned here = std::source_location::current().line() + 1;
  auto task = rt.spawn(answer());
  EXPECT_EQ(line.load(), here);
  EXPECT_EQ(*rt.block_on(task), 42);
}

TEST_P(hooks, tell_of_the_end_of_a_task_that_is_destroyed_at_shutdown) {
  std::atomic<int> ended{0};
  {
    edo::runtime rt =
        edo_test::build(builder().on_task_terminate([&](const edo::task_meta&) { ++ended; }));
    for (int i = 0; i < 10; ++i) (void)rt.spawn(edo::pending_forever<void>());
    auto task = rt.spawn(answer());
    EXPECT_EQ(*rt.block_on(task), 42);
  }
  EXPECT_EQ(ended.load(), 11);
}

TEST_P(hooks, a_wake_in_the_park_hook_prevents_the_sleep) {
  flag called;
  std::atomic<int> parks{0};
  edo::runtime rt = edo_test::build(builder().on_thread_park([&] {
    parks.fetch_add(1);
    called.set();
  }));
  rt.block_on(called.wait());  // on a current-thread runtime nobody else would wake it
  EXPECT_GE(parks.load(), 1);
}

TEST_P(hooks, a_task_spawned_in_the_park_hook_runs) {
  flag ran;
  std::atomic<bool> once{true};
  edo::runtime rt = edo_test::build(builder().on_thread_park([&] {
    if (!once.exchange(false)) return;
    (void)edo::spawn(
        [](flag* f) -> edo::async<void> {
          f->set();
          co_return;
        },
        &ran);
  }));
  rt.block_on(ran.wait());
}

// ------------------------------------------------------------------------------ unseen exceptions

TEST_P(hooks, an_exception_that_nobody_will_see_is_given_to_the_users_function) {
  record seen;
  flag done;
  {
    edo::runtime rt = edo_test::build(
        builder().on_unhandled_exception([&](const edo::unhandled_exception& unseen) {
          try {
            std::rethrow_exception(unseen.exception);
          } catch (const std::exception& e) {
            seen.add(std::string(unseen.task.name) + ": " + e.what());
          }
          done.set();
        }));
    (void)edo::task_builder().name("fails").on(rt.handle()).spawn(fail_with("boom"));
    rt.block_on(done.wait());
  }
  EXPECT_EQ(seen.lines(), (std::vector<std::string>{"fails: boom"}));
}

TEST_P(hooks, an_exception_that_a_handle_holds_is_not_unseen) {
  std::atomic<int> unseen{0};
  edo::runtime rt = edo_test::build(
      builder().on_unhandled_exception([&](const edo::unhandled_exception&) { ++unseen; }));
  {
    auto task = rt.spawn(fail_with("boom"));
    EXPECT_TRUE(rt.block_on(task).error().is_exception());
  }
  EXPECT_EQ(unseen.load(), 0);
  {
    auto task = rt.spawn(fail_with("boom"));
    while (!task.is_finished()) rt.block_on(yield_once());
  }  // dropped unread
  EXPECT_EQ(unseen.load(), 1);
}

TEST_P(hooks, the_policy_log_prints_the_name_the_message_and_the_line) {
  testing::internal::CaptureStderr();
  {
    edo::runtime rt = make();
    flag ended;
    auto task = edo::task_builder().name("fails").on(rt.handle()).spawn(fail_with("boom"));
    while (!task.is_finished()) rt.block_on(yield_once());
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("boom"), std::string::npos) << text;
  EXPECT_NE(text.find("fails"), std::string::npos) << text;
  EXPECT_NE(text.find("hooks_test.cpp:"), std::string::npos) << text;
}

TEST_P(hooks, the_policy_ignore_prints_nothing) {
  testing::internal::CaptureStderr();
  {
    edo::runtime rt =
        edo_test::build(builder().on_unhandled_exception(edo::unhandled_policy::ignore));
    auto task = rt.spawn(fail_with("boom"));
    while (!task.is_finished()) rt.block_on(yield_once());
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_P(hooks, the_policy_shut_down_fails_every_block_on) {
  testing::internal::CaptureStderr();
  {
    edo::runtime rt =
        edo_test::build(builder().on_unhandled_exception(edo::unhandled_policy::shut_down));
    std::atomic<int> failed{0};
    const auto wait_for_ever = [&] {
      try {
        rt.block_on(edo::pending_forever<void>());
      } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), edo::errc::runtime_shutdown);
        failed.fetch_add(1);
      }
    };
    std::thread other(wait_for_ever);
    (void)rt.spawn(fail_with("boom"));
    wait_for_ever();
    other.join();
    EXPECT_EQ(failed.load(), 2);
    auto late = rt.spawn(answer());
    EXPECT_TRUE(edo::block_on(late).error().is_cancelled());
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find("boom"), std::string::npos);
}

TEST_P(hooks, many_tasks_may_fail_at_once_under_the_policy_shut_down) {
  testing::internal::CaptureStderr();
  for (int round = 0; round < 20; ++round) {
    const edo::runtime rt =
        edo_test::build(builder().on_unhandled_exception(edo::unhandled_policy::shut_down));
    for (int i = 0; i < 16; ++i) (void)rt.spawn(fail_with("boom"));
    EXPECT_THROW(rt.block_on(edo::pending_forever<void>()), std::system_error);
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find("boom"), std::string::npos);
}

TEST_P(hooks, a_shutdown_report_names_the_task_that_goes_on) {
  edo::runtime rt = make();
  if (is_current_thread()) GTEST_SKIP() << "its tasks run on the caller's thread";
  std::binary_semaphore gate(0);
  flag started;
  auto task = edo::task_builder()
                  .name("stuck")
                  .on(rt.handle())
                  .spawn(edo::async_block(
                      [](flag* f, std::binary_semaphore* g) -> edo::async<void> {
                        f->set();
                        g->acquire();  // on purpose
                        co_return;
                      },
                      &started, &gate));
  rt.block_on(started.wait());
  const edo::shutdown_report report = std::move(rt).shutdown_timeout(10ms);
  ASSERT_EQ(report.still_running.size(), 1U);
  EXPECT_EQ(report.still_running[0].name, "stuck");
  EXPECT_NE(report.to_string().find("\"stuck\""), std::string::npos);
  gate.release();
  EXPECT_TRUE(edo::block_on(task).has_value());
}

}  // namespace
