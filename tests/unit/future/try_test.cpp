#include "edo/base/error.hpp"
#include "edo/base/result.hpp"
#include "edo/future/async.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/future/select.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"
#include "edo/test/task.hpp"

#include <exception>
#include <expected>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace edo::tests {
namespace {

using outcome = std::expected<int, std::string>;

async<outcome> gives(outcome value, unsigned pendings) {
  co_await test::done_after(pendings);
  co_return value;
}

async<outcome> adds_one(outcome value, unsigned pendings) {
  const int n = co_await try_(gives(std::move(value), pendings));
  co_return n + 1;
}

class try_await : public ::testing::TestWithParam<unsigned> {};

TEST_P(try_await, a_value_is_what_co_await_gives) {
  auto task = test::spawn(adds_one(1, GetParam()));
  EXPECT_EQ(EDO_CHECK_READY(task.poll_until_idle()), outcome(2));
}

TEST_P(try_await, an_error_ends_the_coroutine) {
  auto task = test::spawn(adds_one(std::unexpected("broken"), GetParam()));
  const outcome ended = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error(), "broken");
}

async<outcome> inner(test::drop_counter& drops, unsigned pendings) {
  const auto token = drops.make("inner");
  co_await test::done_after(pendings);
  co_return std::unexpected("broken");
}
async<outcome> middle(test::drop_counter& drops, unsigned pendings) {
  const auto token = drops.make("middle");
  const int value = co_await try_(inner(drops, pendings));
  co_return value;
}
async<std::string> outer(test::drop_counter& drops, unsigned pendings) {
  const outcome ended = co_await middle(drops, pendings);
  co_return ended.has_value() ? "a value" : ended.error() + " after " + drops.order();
}

TEST_P(try_await, frames_die_innermost_first_before_the_awaiting_one_resumes) {
  test::drop_counter drops;
  auto task = test::spawn(outer(drops, GetParam()));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), "broken after inner,middle");
  EXPECT_EQ(drops.live(), 0u);
}

async<outcome> from_leaf(unsigned pendings, outcome value) {
  const int n = co_await try_(test::ready_after(pendings, std::move(value)));
  co_return n * 10;
}

TEST_P(try_await, works_over_a_plain_future) {
  auto good = test::spawn(from_leaf(GetParam(), 3));
  EXPECT_EQ(EDO_CHECK_READY(good.poll_until_idle()), outcome(30));
  auto bad = test::spawn(from_leaf(GetParam(), std::unexpected("leaf")));
  EXPECT_EQ(EDO_CHECK_READY(bad.poll_until_idle()).error(), "leaf");
}

async<result<int>> converts(unsigned pendings) {
  using by_errc = std::expected<int, errc>;
  const int n = co_await try_(test::ready_after(pendings, by_errc(std::unexpect, errc::elapsed)));
  co_return n;
}

TEST_P(try_await, the_error_converts_to_that_of_the_coroutine) {
  auto task = test::spawn(converts(GetParam()));
  const result<int> ended = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error(), std::errc::timed_out);
}

async<std::expected<void, std::string>> nothing(std::expected<void, std::string> value,
                                                unsigned pendings) {
  co_await try_(test::ready_after(pendings, std::move(value)));
  co_return {};
}

TEST_P(try_await, works_over_void) {
  auto good = test::spawn(nothing({}, GetParam()));
  EXPECT_TRUE(EDO_CHECK_READY(good.poll_until_idle()).has_value());
  auto bad = test::spawn(nothing(std::unexpected("void"), GetParam()));
  EXPECT_EQ(EDO_CHECK_READY(bad.poll_until_idle()).error(), "void");
}

using pointer = std::expected<std::unique_ptr<int>, std::string>;
async<pointer> points(unsigned pendings) {
  co_await test::done_after(pendings);
  co_return std::make_unique<int>(5);
}
async<pointer> hands_on(unsigned pendings) {
  std::unique_ptr<int> value = co_await try_(points(pendings));
  co_return value;
}

TEST_P(try_await, hands_move_only_values_on) {
  auto task = test::spawn(hands_on(GetParam()));
  const pointer got = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(**got, 5);
}

async<outcome> throws(unsigned pendings) {
  co_await test::done_after(pendings);
  throw std::runtime_error("thrown");
}
async<outcome> tries_throwing(unsigned pendings) {
  const int n = co_await try_(throws(pendings));
  co_return n;
}

TEST_P(try_await, an_exception_is_not_an_error_and_passes_through) {
  auto task = test::spawn(tries_throwing(GetParam()));
  EXPECT_THROW((void)task.poll_until_idle(), std::runtime_error);
}

/// An error of the kind of join_error: it may hold an exception.
struct failure {
  std::exception_ptr held;
  [[nodiscard]] bool is_exception() const noexcept { return held != nullptr; }
  [[noreturn]] void rethrow() const { std::rethrow_exception(held); }
};
using by_failure = std::expected<int, failure>;

async<by_failure> fails(std::exception_ptr held, unsigned pendings) {
  co_await test::done_after(pendings);
  co_return std::unexpected(failure{held});
}
async<by_failure> catches(std::exception_ptr held, unsigned pendings) {
  try {
    const int n = co_await try_(fails(held, pendings));
    co_return n;
  } catch (const std::out_of_range&) {
    co_return 42;
  }
}

TEST_P(try_await, an_error_that_holds_an_exception_throws_it_here) {
  auto task = test::spawn(catches(std::make_exception_ptr(std::out_of_range("held")), GetParam()));
  const by_failure ended = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(*ended, 42);
}

TEST_P(try_await, the_same_kind_of_error_without_an_exception_ends_the_coroutine) {
  auto task = test::spawn(catches(nullptr, GetParam()));
  EXPECT_FALSE(EDO_CHECK_READY(task.poll_until_idle()).has_value());
}

async<outcome> tries_borrowed(async<outcome>& child) {
  const int n = co_await try_(child);
  co_return n;
}

TEST_P(try_await, borrows_an_lvalue_coroutine) {
  auto child = gives(std::unexpected("borrowed"), GetParam());
  auto task = test::spawn(tries_borrowed(child));
  EXPECT_EQ(EDO_CHECK_READY(task.poll_until_idle()).error(), "borrowed");
  EXPECT_FALSE(child.valid());
}

async<outcome> leaves_two_joins(unsigned pendings) {
  const auto [a, b] =
      co_await try_(try_join(adds_one(1, pendings), adds_one(std::unexpected("joined"), pendings)));
  co_return a + b;
}

TEST_P(try_await, children_of_combinators_leave_early_too) {
  auto task = test::spawn(leaves_two_joins(GetParam()));
  EXPECT_EQ(EDO_CHECK_READY(task.poll_until_idle()).error(), "joined");
  auto joined = test::spawn(join(adds_one(std::unexpected("one"), GetParam()), adds_one(1, 2)));
  const auto [one, two] = EDO_CHECK_READY(joined.poll_until_idle());
  EXPECT_EQ(one.error(), "one");
  EXPECT_EQ(two, outcome(2));
}

TEST_P(try_await, a_coroutine_that_left_early_is_awaited_by_reference) {
  auto child = adds_one(std::unexpected("kept"), GetParam());
  auto task = test::spawn(child);
  EXPECT_EQ(EDO_CHECK_READY(task.poll_until_idle()).error(), "kept");
}

INSTANTIATE_TEST_SUITE_P(pendings, try_await, ::testing::Values(0u, 1u, 3u));

async<outcome> guarded(test::drop_counter& drops, test::manual_future<outcome> source) {
  const auto token = drops.make();
  const int n = co_await try_(source);
  co_return n;
}

TEST(try_await_drop, cancels_at_the_await) {
  test::drop_counter drops;
  test::manual<outcome> source;
  auto task = test::spawn(guarded(drops, source.future()));
  EDO_CHECK_PENDING(task.poll());
  task.drop();
  EXPECT_EQ(drops.drops(), 1u);
  EXPECT_TRUE(source.is_dropped());
}

}  // namespace
}  // namespace edo::tests
