/// GoogleTest cases whose body is a coroutine. Needs GoogleTest; no other header of the kit does.
///
///     EDO_ASYNC_TEST(greeting, is_polite) {
///       const std::string text = co_await greet();
///       EDO_CO_ASSERT_FALSE(text.empty());
///       EXPECT_EQ(text, "good morning");
///       co_return;
///     }
///
/// GoogleTest's own `ASSERT_…` and `FAIL` return from the function, which a coroutine cannot do;
/// `EDO_CO_ASSERT_…` and `EDO_CO_FAIL` report the same failure and `co_return`. `EXPECT_…` works as
/// everywhere.
#pragma once

#include "edo/future/async.hpp"
#include "edo/runtime/builder.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <source_location>

namespace edo::inline v0::test {

/// Runs the body of an asynchronous test on a runtime built by `builder`, and shuts that down.
///
/// Errors: an exception of the body comes out, for GoogleTest to report. A runtime that cannot be
/// built, and a task that is still in a poll 5 seconds after the body's end, are failures.
inline void run_async_test(const runtime_builder& builder,
                           async<void> body,
                           std::source_location where = std::source_location::current()) {
  result<runtime> rt = builder.build(where);
  if (!rt.has_value()) {
    GTEST_MESSAGE_AT_(where.file_name(), static_cast<int>(where.line()),
                      rt.error().message().c_str(), ::testing::TestPartResult::kFatalFailure)
        << " (the runtime of the test)";
    return;
  }
  rt->block_on(std::move(body), where);
  const shutdown_report report = std::move(*rt).shutdown_timeout(std::chrono::seconds(5));
  if (!report.is_clean()) {
    GTEST_MESSAGE_AT_(where.file_name(), static_cast<int>(where.line()), report.to_string().c_str(),
                      ::testing::TestPartResult::kNonFatalFailure)
        << "still running after the test";
  }
}

/// The runtime of `EDO_ASYNC_TEST_MULTI`: four workers, as in the library's own suites.
[[nodiscard]] inline runtime_builder multi_thread_for_tests() {
  runtime_builder builder = runtime_builder::multi_thread();
  builder.worker_threads(4);
  return builder;
}

}  // namespace edo::inline v0::test

/// Defines the test `suite.name`, whose body is an `edo::async<void>` coroutine, run on the runtime
/// that the expression `builder` builds.
#define EDO_ASYNC_TEST_ON(suite, name, builder)                                                    \
  static ::edo::async<void> edo_async_test_##suite##_##name();                                     \
  TEST(suite, name) { ::edo::test::run_async_test((builder), edo_async_test_##suite##_##name()); } \
  static ::edo::async<void> edo_async_test_##suite##_##name()

/// The same on a current-thread runtime.
#define EDO_ASYNC_TEST(suite, name) \
  EDO_ASYNC_TEST_ON(suite, name, ::edo::runtime_builder::current_thread())

/// The same on a multi-thread runtime with four workers.
#define EDO_ASYNC_TEST_MULTI(suite, name) \
  EDO_ASYNC_TEST_ON(suite, name, ::edo::test::multi_thread_for_tests())

#define EDO_CO_FAIL_WITH_(message) \
  co_return GTEST_MESSAGE_(message, ::testing::TestPartResult::kFatalFailure)

/// Reports a failure and ends the coroutine.
#define EDO_CO_FAIL() EDO_CO_FAIL_WITH_("Failed")

/// GoogleTest's ASSERT_…, for the body of a coroutine that gives nothing.
#define EDO_CO_ASSERT_TRUE(condition) \
  GTEST_TEST_BOOLEAN_(condition, #condition, false, true, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_FALSE(condition) \
  GTEST_TEST_BOOLEAN_(!(condition), #condition, true, false, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_EQ(a, b) \
  GTEST_PRED_FORMAT2_(::testing::internal::EqHelper::Compare, a, b, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_NE(a, b) \
  GTEST_PRED_FORMAT2_(::testing::internal::CmpHelperNE, a, b, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_LT(a, b) \
  GTEST_PRED_FORMAT2_(::testing::internal::CmpHelperLT, a, b, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_LE(a, b) \
  GTEST_PRED_FORMAT2_(::testing::internal::CmpHelperLE, a, b, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_GT(a, b) \
  GTEST_PRED_FORMAT2_(::testing::internal::CmpHelperGT, a, b, EDO_CO_FAIL_WITH_)
#define EDO_CO_ASSERT_GE(a, b) \
  GTEST_PRED_FORMAT2_(::testing::internal::CmpHelperGE, a, b, EDO_CO_FAIL_WITH_)
