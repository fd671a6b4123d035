// Task-local values, polled by hand: where they are seen, and where not.
#include "edo/task/task_local.hpp"

#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/task.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace {

constinit edo::task_local<int> number;
constinit edo::task_local<int> other_number;
constinit edo::task_local<std::string> text;
constinit edo::task_local<std::unique_ptr<int>> owned;

/// Looks when it dies.
struct looks {
  std::optional<int>* seen;
  explicit looks(std::optional<int>& out) noexcept : seen(&out) {}
  looks(looks&& other) noexcept : seen(std::exchange(other.seen, nullptr)) {}
  looks& operator=(looks&&) = delete;
  ~looks() {
    if (seen != nullptr) *seen = number.try_get();
  }
};

edo::async<int> sum_around(edo::test::manual_future<void> go) {
  const int before = number.get();
  co_await go;
  co_return before + number.get();
}

TEST(task_local, is_seen_in_every_poll_of_its_scope_and_not_between) {
  edo::test::manual<void> go;
  auto task = edo::test::spawn(number.scope(21, sum_around(go.future())));
  EXPECT_FALSE(number.try_get().has_value());
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(number.try_get().has_value());
  go.fire();
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 42);
  EXPECT_FALSE(number.try_get().has_value());
}

TEST(task_local, is_seen_when_polls_are_on_different_threads) {
  edo::test::manual<void> go;
  auto task = edo::test::spawn(number.scope(1, sum_around(go.future())));
  std::thread([&] { EDO_CHECK_PENDING(task.poll()); }).join();
  go.fire();
  int sum = 0;
  std::thread([&] { sum = EDO_CHECK_READY(task.poll()); }).join();
  EXPECT_EQ(sum, 2);
}

TEST(task_local, is_seen_by_destructors_when_the_scope_ends_and_when_it_is_dropped) {
  const auto body = [](looks) -> edo::async<void> { co_await edo::pending_forever<void>(); };
  std::optional<int> seen;
  auto task = edo::test::spawn(number.scope(5, body(looks(seen))));
  EDO_CHECK_PENDING(task.poll());
  task.drop();
  EXPECT_EQ(seen, 5);

  seen.reset();
  {
    const auto unpolled = number.scope(6, body(looks(seen)));
    (void)unpolled;
  }
  EXPECT_EQ(seen, 6);

  seen.reset();
  const auto ends = [](looks) -> edo::async<void> { co_return; };
  auto ended = edo::test::spawn(number.scope(7, ends(looks(seen))));
  EDO_CHECK_READY(ended.poll());
  EXPECT_EQ(seen, 7);
}

TEST(task_local, the_innermost_scope_counts_and_keys_do_not_meet) {
  const auto inner = []() -> edo::async<int> { co_return number.get() * 100 + other_number.get(); };
  const auto outer = [&]() -> edo::async<std::pair<int, int>> {
    const int first = co_await number.scope(2, inner());
    co_return std::pair(first, number.get());
  };
  auto task = edo::test::spawn(other_number.scope(9, number.scope(1, outer())));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::pair(209, 1));
}

TEST(task_local, branches_of_a_join_have_values_of_their_own) {
  const auto branch = []() -> edo::async<int> { co_return number.get(); };
  const auto body = [&]() -> edo::async<int> {
    auto [a, b] = co_await edo::join(number.scope(1, branch()), number.scope(2, branch()));
    co_return a * 10 + b;
  };
  auto task = edo::test::spawn(body());
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 12);
}

TEST(task_local, with_changes_the_value_in_place) {
  const auto body = []() -> edo::async<std::string> {
    text.with([](std::string& s) { s += " and more"; });
    const bool called = text.try_with([](std::string& s) { s += '!'; });
    EXPECT_TRUE(called);
    co_return text.with([](const std::string& s) { return s; });
  };
  auto task = edo::test::spawn(text.scope("one", body()));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), "one and more!");
}

TEST(task_local, a_value_that_can_only_be_moved_is_used_in_place) {
  const auto body = []() -> edo::async<int> {
    co_return owned.with([](std::unique_ptr<int>& p) { return *p; });
  };
  auto task = edo::test::spawn(owned.scope(std::make_unique<int>(8), body()));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 8);
  EXPECT_EQ(task.inner().take_value().value() == nullptr, false);
}

TEST(task_local, outside_of_a_scope_with_throws_and_try_with_gives_nothing) {
  const auto line = std::source_location::current().line() + 2;
  try {
    (void)number.get();
    FAIL() << "no exception";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::no_task_local);
    EXPECT_EQ(e.where().line(), line);
    EXPECT_NE(std::string(e.what()).find("EDO-E0019"), std::string::npos) << e.what();
  }
  EXPECT_THROW(number.with([](int&) {}), edo::usage_error);
  EXPECT_FALSE(number.try_with([](int&) {}));
  EXPECT_FALSE(number.try_with([](int& n) { return n; }).has_value());
  EXPECT_FALSE(number.try_get().has_value());
}

TEST(task_local, sync_scope_is_seen_during_the_call_only) {
  EXPECT_EQ(number.sync_scope(3, [] { return number.get() + 1; }), 4);
  number.sync_scope(3, [] {
    number.sync_scope(4, [] { EXPECT_EQ(number.get(), 4); });
    EXPECT_EQ(number.get(), 3);
  });
  EXPECT_FALSE(number.try_get().has_value());
  EXPECT_THROW(number.sync_scope(1, [] { throw 1; }), int);
  EXPECT_FALSE(number.try_get().has_value());
}

TEST(task_local, an_exception_of_a_poll_takes_the_value_away) {
  const auto throws = []() -> edo::async<void> {
    EXPECT_EQ(number.get(), 1);
    throw std::string("bad");
    co_return;
  };
  auto task = edo::test::spawn(number.scope(1, throws()));
  EXPECT_THROW((void)task.poll(), std::string);
  EXPECT_FALSE(number.try_get().has_value());
}

TEST(task_local, take_value_gives_it_once_and_polling_after_that_throws) {
  edo::test::manual<void> go;
  auto task = edo::test::spawn(number.scope(21, sum_around(go.future())));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.inner().take_value(), 21);
  EXPECT_EQ(task.inner().take_value(), std::nullopt);
  try {
    (void)task.poll();
    FAIL() << "no exception";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::no_task_local);
    EXPECT_NE(std::string(e.what()).find("take_value"), std::string::npos) << e.what();
  }
}

TEST(task_local, a_scope_polled_after_it_was_ready_throws) {
  auto task = edo::test::spawn(number.scope(1, edo::ready(2)));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 2);
  EXPECT_THROW((void)task.poll(), edo::usage_error);
  EXPECT_EQ(task.inner().take_value(), 1);
}

TEST(task_local, a_scope_moves_until_it_is_polled) {
  const auto body = []() -> edo::async<std::string> { co_return text.get(); };
  auto first = text.scope(std::string(40, 'x'), body());
  auto second = std::move(first);
  auto task = edo::test::spawn(std::move(second));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::string(40, 'x'));
}

TEST(task_local, an_lvalue_future_is_borrowed) {
  edo::test::manual<int> m;
  auto future = m.future();
  {
    auto task = edo::test::spawn(number.scope(1, future));
    EDO_CHECK_PENDING(task.poll());
  }
  EXPECT_FALSE(m.is_dropped());
}

}  // namespace
