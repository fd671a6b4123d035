#include "edo/base/error.hpp"
#include "edo/base/result.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/counted.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"
#include "edo/test/task.hpp"

#include <expected>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>

namespace edo::tests {
namespace {

template <class T>
using outcome = std::expected<T, std::string>;

outcome<int> good(int n) { return n; }
outcome<int> bad(std::string why) { return std::unexpected(std::move(why)); }

TEST(try_join, gives_all_values_when_none_fails) {
  auto task = test::spawn(try_join(ready(good(1)), test::ready_after(2, good(2))));
  const auto both = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(*both, std::tuple(1, 2));
}

TEST(try_join, the_first_error_wins_though_others_never_end) {
  test::manual<outcome<int>> never;
  test::manual<outcome<int>> failing;
  auto task = test::spawn(try_join(never.future(), failing.future()));
  EDO_CHECK_PENDING(task.poll());
  failing.fire(bad("broken"));
  EDO_CHECK_WOKEN(task);
  const auto both = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error(), "broken");
}

TEST(try_join, drops_the_others_before_the_error_is_handed_on) {
  test::manual<outcome<int>> never;
  auto task = test::spawn(try_join(never.future(), ready(bad("broken"))));
  const auto both = EDO_CHECK_READY(task.poll());
  EXPECT_FALSE(both.has_value());
  EXPECT_TRUE(never.is_dropped());
}

TEST(try_join, drops_finished_values_with_the_error) {
  test::drop_counter drops;
  auto task = test::spawn(try_join(ready(outcome<test::drop_counter::token>(drops.make())),
                                   test::ready_after(1, bad("late"))));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(drops.drops(), 0u);
  const bool failed = !EDO_CHECK_READY(task.poll()).has_value();
  EXPECT_TRUE(failed);
  EXPECT_EQ(drops.drops(), 1u);
}

TEST(try_join, polls_nobody_after_an_error_in_the_same_poll) {
  test::future_counter second;
  auto task = test::spawn(try_join(ready(bad("at once")), test::count(ready(good(1)), second)));
  EXPECT_FALSE(EDO_CHECK_READY(task.poll()).has_value());
  EXPECT_EQ(second.polls(), 0u);
  EXPECT_EQ(second.drops(), 1u);
}

TEST(try_join, of_two_errors_the_one_that_happened_first_wins) {
  test::manual<outcome<int>> one;
  test::manual<outcome<int>> two;
  auto task = test::spawn(try_join(one.future(), two.future()));
  EDO_CHECK_PENDING(task.poll());
  two.fire(bad("two"));
  const auto both = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(both.error(), "two");
}

TEST(try_join, void_gives_monostate) {
  auto task = test::spawn(try_join(ready(outcome<void>()), ready(good(2))));
  const std::expected<std::tuple<std::monostate, int>, std::string> both =
      EDO_CHECK_READY(task.poll());
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(std::get<1>(*both), 2);
}

TEST(try_join, an_error_of_a_void_future_wins_too) {
  auto task =
      test::spawn(try_join(ready(good(2)), ready(outcome<void>(std::unexpect, "void failed"))));
  const auto both = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error(), "void failed");
}

TEST(try_join, hands_move_only_values_on) {
  using held = std::expected<std::unique_ptr<int>, std::string>;
  auto task = test::spawn(try_join(ready(held(std::make_unique<int>(1))),
                                   test::ready_after(1, held(std::make_unique<int>(2)))));
  const auto both = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(*std::get<0>(*both) + *std::get<1>(*both), 3);
}

TEST(try_join, converts_errors_to_that_of_the_first_future) {
  using by_code = std::expected<int, std::error_code>;
  using by_errc = std::expected<int, errc>;
  auto task = test::spawn(try_join(ready(by_code(1)), ready(by_errc(std::unexpect, errc::closed))));
  const auto both = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error(), errc::closed);
}

TEST(try_join, an_exception_of_a_child_comes_out) {
  test::manual<outcome<int>> never;
  auto task = test::spawn(
      try_join(never.future(), test::throw_after<outcome<int>>(0, std::runtime_error("child"))));
  EXPECT_THROW((void)task.poll(), std::runtime_error);
  task.drop();
  EXPECT_TRUE(never.is_dropped());
}

TEST(try_join, a_borrowed_future_survives_the_error_of_another) {
  test::manual<outcome<int>> source;
  auto slow = source.future();
  auto task = test::spawn(try_join(slow, ready(bad("broken"))));
  EXPECT_FALSE(EDO_CHECK_READY(task.poll()).has_value());
  EXPECT_FALSE(source.is_dropped());
  source.fire(good(3));
  auto again = test::spawn(slow);
  EXPECT_EQ(EDO_CHECK_READY(again.poll()), good(3));
}

TEST(try_join, dropped_half_way_drops_everything_once) {
  test::drop_counter drops;
  test::manual<outcome<int>> never;
  auto task = test::spawn(
      try_join(ready(outcome<test::drop_counter::token>(drops.make())), never.future()));
  EDO_CHECK_PENDING(task.poll());
  task.drop();
  EXPECT_EQ(drops.drops(), 1u);
  EXPECT_TRUE(never.is_dropped());
}

async<outcome<int>> fails_later(std::string why) {
  co_await test::done_after(1);
  co_return std::unexpected(std::move(why));
}
async<outcome<int>> leaves_early() {
  const auto [a, b] = co_await try_(try_join(ready(good(1)), fails_later("left")));
  co_return a + b;
}

TEST(try_join, works_with_coroutines_and_try) {
  auto task = test::spawn(try_join(leaves_early(), test::ready_after(5, good(1))));
  const auto both = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error(), "left");
  EXPECT_EQ(task.poll_count(), 2u);
}

TEST(try_join, takes_64_futures) {
  const auto all = []<std::size_t... I>(std::index_sequence<I...>) {
    auto task = test::spawn(try_join(test::ready_after(I % 3, good(static_cast<int>(I)))...));
    return EDO_CHECK_READY(task.poll_until_idle());
  }(std::make_index_sequence<64>());
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(std::apply([](auto... each) { return (each + ...); }, *all), 64 * 63 / 2);
}

}  // namespace
}  // namespace edo::tests
