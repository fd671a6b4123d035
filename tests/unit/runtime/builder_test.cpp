// Options: their limits, their effect, and a runtime that cannot be built.
#include "edo/runtime/builder.hpp"

#include "edo/base/error.hpp"
#include "edo/runtime/run.hpp"

#include "unit/runtime/flavours.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <pthread.h>
#include <stdexcept>
#include <string>

namespace {

template <class Fn>
std::string usage_text_of(Fn fn) {
  try {
    fn();
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::bad_option);
    return e.what();
  }
  return "no usage_error";
}

TEST(runtime_builder, refuses_options_out_of_range_with_the_callers_line) {
  using edo::runtime_builder;
  for (const std::string& text : {
           usage_text_of([] { (void)runtime_builder::multi_thread().worker_threads(0); }),
           usage_text_of([] { (void)runtime_builder::multi_thread().worker_threads(100'000); }),
           usage_text_of([] { (void)runtime_builder::multi_thread().max_blocking_threads(0); }),
           usage_text_of([] { (void)runtime_builder::multi_thread().event_interval(0); }),
           usage_text_of([] { (void)runtime_builder::multi_thread().thread_stack_size(1000); }),
       }) {
    EXPECT_NE(text.find("EDO-E0013"), std::string::npos) << text;
    EXPECT_NE(text.find("builder_test.cpp"), std::string::npos) << text;
  }
}

// Sets the environment variable for a scope; no other thread runs meanwhile.
class worker_variable {
 public:
  explicit worker_variable(const char* value) { setenv("EDO_WORKER_THREADS", value, 1); }
  worker_variable(const worker_variable&) = delete;
  worker_variable& operator=(const worker_variable&) = delete;
  ~worker_variable() { unsetenv("EDO_WORKER_THREADS"); }
};

TEST(runtime_builder, refuses_a_bad_environment_variable_by_its_name_and_value) {
  for (const char* bad : {"0", "-1", "two", "3 ", "99999999999999999999"}) {
    const worker_variable variable(bad);
    const std::string text =
        usage_text_of([] { (void)edo::runtime_builder::multi_thread().build(); });
    EXPECT_NE(text.find(std::string("EDO_WORKER_THREADS is \"") + bad + "\""), std::string::npos)
        << text;
    EXPECT_TRUE(edo::runtime_builder::multi_thread().worker_threads(1).build().has_value());
    EXPECT_TRUE(edo::runtime_builder::current_thread().build().has_value());
  }
  const worker_variable good("2");
  EXPECT_TRUE(edo::runtime_builder::multi_thread().build().has_value());
}

TEST(runtime_builder, threads_that_cannot_be_created_are_an_error_and_nothing_is_left) {
  // No machine has room for such a stack.
  const auto built = edo::runtime_builder::multi_thread()
                         .worker_threads(2)
                         .thread_stack_size(std::size_t{1} << 56U)
                         .build();
  ASSERT_FALSE(built.has_value());
  EXPECT_EQ(built.error().category(), std::system_category());
  edo::runtime rt = edo_test::build(
      edo::runtime_builder::current_thread().thread_stack_size(std::size_t{1} << 56U));
  EXPECT_THROW((void)rt.spawn_blocking([] {}), std::system_error);
  EXPECT_EQ(rt.block_on(edo::ready(1)), 1);
}

TEST(runtime_builder, a_small_stack_is_enough_for_tasks) {
  edo::runtime rt =
      edo_test::build(edo::runtime_builder::multi_thread().worker_threads(1).thread_stack_size(
          std::size_t{256} * 1024));
  auto h = rt.spawn([]() -> edo::async<std::size_t> {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    void* address = nullptr;
    std::size_t size = 0;
    pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    co_return size;
  });
  EXPECT_EQ(*rt.block_on(h), std::size_t{256} * 1024);
}

TEST(runtime_builder, names_its_workers) {
  edo::runtime rt = edo_test::build(
      edo::runtime_builder::multi_thread().worker_threads(1).thread_name("my-worker"));
  auto h = rt.spawn([]() -> edo::async<std::string> {
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    co_return std::string(text);
  });
  EXPECT_EQ(*rt.block_on(h), "my-worker");
}

TEST(runtime, moves) {
  edo::runtime a = edo_test::build(edo::runtime_builder::multi_thread().worker_threads(1));
  edo::runtime b = std::move(a);
  EXPECT_EQ(b.block_on(edo::ready(1)), 1);
  a = edo_test::build(edo::runtime_builder::current_thread());
  a = std::move(b);
  EXPECT_EQ(a.block_on(edo::ready(2)), 2);
}

TEST(run, gives_the_exit_code) {
  const auto plain = []() -> edo::async<int> { co_return 3; };
  const auto nothing = []() -> edo::async<void> { co_await edo::yield_now(); };
  const auto good = []() -> edo::async<edo::result<void>> { co_return edo::result<void>(); };
  const auto good_code = []() -> edo::async<edo::result<int>> { co_return 4; };
  EXPECT_EQ(edo::run(plain()), 3);
  EXPECT_EQ(edo::run(nothing()), 0);
  EXPECT_EQ(edo::run(good()), 0);
  EXPECT_EQ(edo::run(good_code()), 4);
}

TEST(run, prints_errors_and_exceptions_and_gives_one) {
  const auto fails = []() -> edo::async<edo::result<void>> {
    co_return std::unexpected(make_error_code(edo::errc::closed));
  };
  const auto throws = []() -> edo::async<int> {
    co_await edo::yield_now();
    throw std::runtime_error("the reason");
  };
  testing::internal::CaptureStderr();
  EXPECT_EQ(edo::run(fails()), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "edo: error: the other side is closed\n");
  testing::internal::CaptureStderr();
  EXPECT_EQ(edo::run(throws()), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "edo: error: the reason\n");
  const worker_variable bad("none");
  testing::internal::CaptureStderr();
  EXPECT_EQ(edo::run(throws()), 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("EDO_WORKER_THREADS"), std::string::npos);
}

}  // namespace
