// Combinators that are awaited again, moved too late, or handed to a task with what they borrow.
#include "edo/base/error.hpp"
#include "edo/future/block_on.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/future/select.hpp"
#include "edo/runtime/builder.hpp"
#include "edo/runtime/spawn.hpp"
#include "edo/time/timeout.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <source_location>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;

edo::async<std::string> text() { co_return "text"; }
edo::async<edo::result<std::string>> text_result() { co_return std::string("text"); }

template <class F>
edo::async<std::string> await_twice(F future, unsigned* line) {
  static_cast<void>(co_await future);
  try {
    *line = std::source_location::current().line() + 1;
    static_cast<void>(co_await future);
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::awaited_twice);
    EXPECT_EQ(e.where().line(), *line) << e.what();
    co_return e.what();
  }
  co_return "no usage_error";
}

template <class F>
void expect_refused(F future) {
  unsigned line = 0;
  const std::string what = edo::block_on(await_twice(std::move(future), &line));
  EXPECT_NE(what.find("misuse_test.cpp"), std::string::npos) << what;
}

TEST(misuse, a_second_await_of_a_combinator_is_refused_with_its_own_line) {
  expect_refused(edo::join(text(), text()));
  expect_refused(edo::try_join(text_result(), text_result()));
  expect_refused(edo::select(text(), edo::pending_forever<void>()));
}

TEST(misuse, a_second_await_of_a_join_handle_names_the_line_of_the_await) {
  const auto rt = edo::runtime_builder::current_thread().build();
  const auto body = [](unsigned* line) -> edo::async<std::string> {
    auto handle = edo::spawn(text());
    co_return co_await await_twice(std::move(handle), line);
  };
  unsigned line = 0;
  const std::string what = rt->block_on(body(&line));
  EXPECT_NE(what.find("misuse_test.cpp"), std::string::npos) << what;
}

edo::async<void> show(std::string_view) { co_return; }

template <class Make>
void expect_spawn_refused(Make make) {
  const auto rt = edo::runtime_builder::current_thread().build();
  const edo::enter_guard guard = rt->enter();
  try {
    static_cast<void>(rt->spawn(make()));
    ADD_FAILURE() << "no usage_error";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::view_parameter);
    EXPECT_NE(std::string(e.what()).find("misuse_test.cpp"), std::string::npos) << e.what();
  }
}

TEST(misuse, a_task_refuses_a_coroutine_that_borrows_inside_any_combinator) {
  const std::string owned = "text";
  expect_spawn_refused([&] { return edo::timeout(1s, show(owned)); });
  expect_spawn_refused([&] { return edo::join(text(), show(owned)); });
  expect_spawn_refused([&] { return edo::select(show(owned), text()); });
  expect_spawn_refused([&] { return edo::join(edo::timeout(1s, edo::join(show(owned)))); });
}

static_assert(!edo::holds_borrowed<decltype(edo::join(text(), text()))>);
static_assert(
    edo::holds_borrowed<decltype(edo::join(text(), std::declval<edo::async<std::string>&>()))>);
static_assert(edo::holds_borrowed<
              decltype(edo::timeout(1s, edo::select(std::declval<edo::async<std::string>&>())))>);

}  // namespace
