// Which runtime a thread belongs to.
#include "runtime/context.hpp"

#include "edo/base/error.hpp"

#include "unit/runtime/flavours.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>

namespace {

class context : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, context, edo_test::all_flavours, edo_test::flavour_name);

TEST_P(context, a_guard_makes_the_runtime_current) {
  edo::runtime rt = make();
  EXPECT_FALSE(edo::handle::try_current());
  {
    const auto guard = rt.enter();
    EXPECT_TRUE(edo::handle::try_current());
    auto h = edo::spawn(edo::ready(3));
    EXPECT_EQ(*edo::handle::current().block_on(h), 3);
  }
  EXPECT_FALSE(edo::handle::try_current());
  EXPECT_THROW((void)edo::handle::current(), edo::usage_error);
}

TEST_P(context, guards_nest) {
  edo::runtime first = make();
  edo::runtime second = make();
  const auto outer = first.enter();
  auto* const first_state = edo::detail::current_runtime();
  {
    const auto inner = second.enter();
    EXPECT_NE(edo::detail::current_runtime(), first_state);
  }
  EXPECT_EQ(edo::detail::current_runtime(), first_state);
}

TEST_P(context, guards_destroyed_in_the_wrong_order_are_reported_and_healed) {
  edo::runtime first = make();
  edo::runtime second = make();
  testing::internal::CaptureStderr();
  {
    struct two {
      explicit two(const edo::runtime& x) : guard(x.enter()) {}
      edo::enter_guard guard;
    };
    auto outer = std::make_unique<two>(first);
    auto inner = std::make_unique<two>(second);
    auto* const second_state = edo::detail::current_runtime();
    outer.reset();
    EXPECT_EQ(edo::detail::current_runtime(), second_state);
    inner.reset();
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("EDO-E0016"), std::string::npos) << text;
  EXPECT_EQ(edo::detail::current_runtime(), nullptr);
  const auto again = first.enter();
  EXPECT_TRUE(edo::handle::try_current());
}

TEST_P(context, tasks_jobs_and_roots_are_inside) {
  edo::runtime rt = make();
  const auto inside = []() -> edo::async<bool> {
    co_await edo::yield_now();
    co_return edo::handle::try_current().has_value();
  };
  EXPECT_TRUE(rt.block_on(inside()));
  auto task = rt.spawn(inside);
  EXPECT_TRUE(*rt.block_on(task));
  auto job = rt.spawn_blocking([] { return edo::handle::try_current().has_value(); });
  EXPECT_TRUE(*rt.block_on(job));
}

TEST_P(context, the_driver_is_found_inside_and_named_missing_outside) {
  edo::runtime rt = make();
  const auto line = std::source_location::current().line() + 2;
  try {
    (void)edo::detail::current_driver(std::source_location::current());
    FAIL() << "no exception";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::no_runtime);
    EXPECT_EQ(e.where().line(), line);
  }
  const auto guard = rt.enter();
  EXPECT_NE(edo::detail::current_driver(std::source_location::current()), nullptr);
}

TEST_P(context, a_handle_outlives_its_runtime_and_says_cancelled) {
  std::optional<edo::runtime> rt(make());
  const edo::handle handle = rt->handle();
  rt.reset();
  auto task = handle.spawn(edo::ready(1));
  EXPECT_TRUE(task.is_finished());
  auto job = handle.spawn_blocking([] { return 1; });
  EXPECT_TRUE(job.is_finished());
  EXPECT_TRUE(edo::block_on(task).error().is_cancelled());
  EXPECT_TRUE(edo::block_on(job).error().is_cancelled());
}

TEST_P(context, block_on_through_a_handle_after_the_shutdown_polls_the_root_alone) {
  std::optional<edo::runtime> rt(make());
  const edo::handle handle = rt->handle();
  rt.reset();
  const auto body = []() -> edo::async<int> {
    co_await edo::yield_now();
    co_return 4;
  };
  EXPECT_EQ(handle.block_on(body()), 4);
}

TEST_P(context, a_runtime_may_be_destroyed_by_a_thread_locals_destructor) {
  std::thread([] {
    struct holder {
      std::optional<edo::runtime> rt;
      holder() = default;
      holder(const holder&) = delete;
      holder& operator=(const holder&) = delete;
      ~holder() = default;
    };
    thread_local holder held;
    held.rt.emplace(make());
    (void)held.rt->spawn(edo::pending_forever<void>());
  }).join();
}

}  // namespace
