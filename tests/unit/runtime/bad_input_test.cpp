// What goes wrong in programs: it ends with a clear message, and nothing else is lost.
#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/runtime/task_builder.hpp"
#include "edo/time/sleep.hpp"

#include "unit/runtime/flavours.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using edo_test::flag;

class bad_input : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, bad_input, edo_test::all_flavours, edo_test::flavour_name);

edo::async<int> give(int value) {
  co_await edo::yield_now();
  co_return value;
}

struct throws_at_its_end {
  edo::poll_result<void> poll(edo::context&) { return edo::pending; }
  throws_at_its_end() = default;
  throws_at_its_end(throws_at_its_end&& other) noexcept
      : armed(std::exchange(other.armed, false)) {}
  throws_at_its_end& operator=(throws_at_its_end&&) = delete;
  ~throws_at_its_end() noexcept(false) {
    if (armed) throw std::runtime_error("from a destructor");
  }
  bool armed = true;
};

TEST(bad_input_alone, a_task_whose_destructor_throws_ends_the_program_with_its_id_and_spawn_line) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto rt = edo_test::build(edo::runtime_builder::current_thread());
        auto task = edo::task_builder().name("doomed").on(rt.handle()).spawn(throws_at_its_end());
        task.abort();
        rt.block_on(give(0));
      },
      "edo: std::terminate inside task [0-9]+, doomed \\[spawned at "
      ".*bad_input_test.cpp:[0-9]+\\]");
}

TEST(bad_input_alone, a_program_that_ends_outside_of_tasks_is_not_commented) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto rt = edo_test::build(edo::runtime_builder::current_thread());
        std::set_terminate([] { std::_Exit(7); });
        std::terminate();
      },
      testing::ExitedWithCode(7), "^$");
}

TEST_P(bad_input, a_cycle_of_joins_ends_when_one_of_them_is_aborted) {
  edo::runtime rt = make();
  struct links {
    edo::join_handle<void> handles[2];
    flag set[2];
  } cycle;
  const auto waits_for = [&cycle](int other) -> edo::async<bool> {
    co_await cycle.set[other].wait();
    auto ended = co_await cycle.handles[other];
    co_return !ended.has_value() && ended.error().is_cancelled();
  };
  const auto forgets = [&](int other) -> edo::async<void> {
    static_cast<void>(co_await waits_for(other));
  };
  cycle.handles[0] = rt.spawn(forgets, 1);
  cycle.handles[1] = rt.spawn(forgets, 0);
  const edo::abort_handle first = cycle.handles[0].abort_handle();
  const edo::abort_handle second = cycle.handles[1].abort_handle();
  rt.block_on([&]() -> edo::async<void> {
    for (flag& each : cycle.set) each.set();
    for (int i = 0; i < 10; ++i) co_await edo::yield_now();
    EXPECT_FALSE(first.is_finished());
    first.abort();
    while (!second.is_finished()) co_await edo::yield_now();
  }());
  EXPECT_TRUE(first.is_finished());
}

TEST_P(bad_input, a_cycle_of_joins_does_not_outlive_its_runtime) {
  const auto alive = std::make_shared<int>(0);
  {
    edo::runtime rt = make();
    struct link {
      edo::join_handle<void> handle;
      flag set;
    };
    const auto waits = [alive](std::shared_ptr<link> other) -> edo::async<void> {
      co_await other->set.wait();
      static_cast<void>(co_await other->handle);
    };
    auto first = std::make_shared<link>();
    auto second = std::make_shared<link>();
    rt.block_on([&]() -> edo::async<void> {
      auto a = edo::spawn(waits, second);
      auto b = edo::spawn(waits, first);
      first->handle = std::move(a);
      second->handle = std::move(b);
      first->set.set();
      second->set.set();
      co_return;
    }());
    // The handles are in the tasks, the tasks in the handles: only the shutdown ends that.
  }
  EXPECT_EQ(alive.use_count(), 1);
}

/// Wakes when its thread ends.
struct wakes_at_the_end {
  edo::waker kept;
  ~wakes_at_the_end() { std::move(kept).wake(); }
};

TEST_P(bad_input, a_wake_from_a_thread_locals_destructor_reaches_its_task) {
  edo::runtime rt = make();
  int polls = 0;
  auto task = rt.spawn(edo::poll_fn([&polls](edo::context& cx) -> edo::poll_result<int> {
    if (++polls == 2) return 5;
    std::thread([kept = cx.waker()]() mutable {
      static thread_local wakes_at_the_end last;
      last.kept = std::move(kept);
    }).join();
    return edo::pending;
  }));
  EXPECT_EQ(*rt.block_on(std::move(task)), 5);
  EXPECT_EQ(polls, 2);
}

TEST_P(bad_input, a_task_that_holds_the_last_reference_to_its_runtime_ends_both) {
  auto owner = std::make_shared<edo::runtime>(make());
  edo::runtime& rt = *owner;
  const edo::handle handle = rt.handle();
  testing::internal::CaptureStderr();
  const std::weak_ptr<edo::runtime> seen = owner;
  flag go;
  auto task = rt.spawn([&go, kept = std::move(owner)]() -> edo::async<void> {
    co_await go.wait();
    static_cast<void>(kept);
  });
  go.set();
  if (is_current_thread()) {
    handle.block_on(give(0));  // runs the task, and goes on after its runtime's end
  } else {
    edo::block_on(std::move(task));
  }
  while (!seen.expired()) std::this_thread::yield();
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("EDO-E0012"), std::string::npos) << said;
  EXPECT_TRUE(handle.spawn(give(1)).is_finished());
}

TEST_P(bad_input, a_runtime_is_refused_in_a_forked_child_and_ends_there_silently) {
  auto rt = std::make_unique<edo::runtime>(make());
  EXPECT_EQ(rt->block_on(give(1)), 1);
  const edo::handle handle = rt->handle();
  const ::pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto refused = [](auto&& call) {
      try {
        call();
      } catch (const edo::usage_error& error) {
        return error.code() == edo::usage::after_fork && error.where().line() != 0;
      }
      return false;
    };
    int failures = 0;
    failures += refused([&] { rt->block_on(give(1)); }) ? 0 : 1;
    failures += refused([&] { handle.block_on(give(1)); }) ? 0 : 2;
    failures += refused([&] { static_cast<void>(rt->spawn(give(1))); }) ? 0 : 4;
    failures += refused([&] { static_cast<void>(handle.spawn_blocking([] {})); }) ? 0 : 8;
    {
      const auto guard = rt->enter();
      failures += refused([] { static_cast<void>(edo::spawn(give(1))); }) ? 0 : 16;
      failures += refused([] { static_cast<void>(edo::sleep(std::chrono::seconds(1))); }) ? 0 : 32;
    }
    rt.reset();  // returns
    ::_exit(failures);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(rt->block_on(give(2)), 2);  // the parent's goes on
}

}  // namespace
