#include "edo/test/gtest.hpp"

#include "edo/runtime/spawn.hpp"
#include "edo/runtime/yield_now.hpp"

#include <gtest/gtest-spi.h>
#include <memory>
#include <stdexcept>
#include <thread>

namespace {

edo::async<int> seven() {
  co_await edo::yield_now();
  co_return 7;
}

edo::async<std::thread::id> thread_of_task() {
  co_await edo::yield_now();
  co_return std::this_thread::get_id();
}

int async_bodies = 0;

EDO_ASYNC_TEST(gtest_adaptor, runs_a_coroutine_as_a_test_body) {
  const int value = co_await seven();
  EXPECT_EQ(value, 7);
  ++async_bodies;
}

TEST(gtest_adaptor, has_run_that_body) { EXPECT_EQ(async_bodies, 1); }

EDO_ASYNC_TEST(gtest_adaptor, runs_tasks_on_the_test_thread_by_default) {
  auto task = edo::spawn(thread_of_task());
  const auto where = co_await task;
  EDO_CO_ASSERT_TRUE(where.has_value());
  EXPECT_EQ(*where, std::this_thread::get_id());
}

EDO_ASYNC_TEST_MULTI(gtest_adaptor, runs_tasks_on_workers_in_the_multi_thread_form) {
  const std::thread::id here = std::this_thread::get_id();
  auto task = edo::spawn(thread_of_task());
  const auto where = co_await task;
  EDO_CO_ASSERT_TRUE(where.has_value());
  EXPECT_NE(*where, here);
}

EDO_ASYNC_TEST(gtest_adaptor, the_asserts_for_coroutines_pass_on_truth) {
  EDO_CO_ASSERT_TRUE(true) << "not printed";
  EDO_CO_ASSERT_FALSE(false);
  EDO_CO_ASSERT_EQ(1, 1);
  EDO_CO_ASSERT_NE(1, 2);
  EDO_CO_ASSERT_LT(1, 2);
  EDO_CO_ASSERT_LE(2, 2);
  EDO_CO_ASSERT_GT(2, 1);
  EDO_CO_ASSERT_GE(2, 2);
  co_return;
}

edo::async<void> fails_in_the_middle(bool& went_on) {
  co_await edo::yield_now();
  EDO_CO_ASSERT_EQ(1, 2) << "one is not two";
  went_on = true;
}

TEST(gtest_adaptor, a_failed_assert_reports_and_ends_the_coroutine) {
  static bool went_on = false;
  EXPECT_FATAL_FAILURE(edo::test::run_async_test(edo::runtime_builder::current_thread(),
                                                 fails_in_the_middle(went_on)),
                       "one is not two");
  EXPECT_FALSE(went_on);
}

edo::async<void> fails_outright() {
  co_await edo::yield_now();
  EDO_CO_FAIL() << "on purpose";
}

TEST(gtest_adaptor, fail_reports_and_ends_the_coroutine) {
  EXPECT_FATAL_FAILURE(
      edo::test::run_async_test(edo::runtime_builder::current_thread(), fails_outright()),
      "on purpose");
}

edo::async<void> throws() {
  co_await edo::yield_now();
  throw std::runtime_error("thrown in the body");
}

TEST(gtest_adaptor, an_exception_of_the_body_reaches_the_test) {
  EXPECT_THROW(edo::test::run_async_test(edo::runtime_builder::current_thread(), throws()),
               std::runtime_error);
  EXPECT_THROW(edo::test::run_async_test(edo::test::multi_thread_for_tests(), throws()),
               std::runtime_error);
}

edo::async<void> holds(std::shared_ptr<int> value) {
  for (;;) {
    co_await edo::yield_now();
    if (*value == 0) co_return;
  }
}

edo::async<void> leaves_a_task(std::shared_ptr<int> value) {
  edo::spawn(holds(value));
  co_await edo::yield_now();
}

TEST(gtest_adaptor, tasks_that_are_left_die_with_the_test) {
  auto value = std::make_shared<int>(1);
  edo::test::run_async_test(edo::runtime_builder::current_thread(), leaves_a_task(value));
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
