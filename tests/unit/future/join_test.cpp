#include "edo/future/join.hpp"

#include "edo/future/ready.hpp"
#include "edo/test/counted.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"
#include "edo/test/task.hpp"

#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>

namespace edo::tests {
namespace {

/// Appends its letter to `log` at each poll; ready at the `last` of them.
struct lettered {
  std::string* log;
  char letter;
  int last;

  poll_result<char> poll(context&) {
    *log += letter;
    if (--last > 0) return pending;
    return letter;
  }
};

/// Takes all the budget there is, then as much again, and so on; done after `left` units.
struct greedy {
  unsigned left;

  poll_result<void> poll(context& cx) {
    while (left != 0) {
      if (!cx.try_charge()) return pending;
      --left;
    }
    return done;
  }
};

async<int> later(test::manual_future<int> value) { co_return co_await value; }

TEST(join, gives_the_outputs_in_the_order_of_the_arguments) {
  test::manual<int> one;
  test::manual<std::string> two;
  auto task = test::spawn(join(one.future(), two.future()));
  EDO_CHECK_PENDING(task.poll());
  two.fire("two");
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());
  one.fire(1);
  EDO_CHECK_WOKEN(task);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::tuple(1, std::string("two")));
}

TEST(join, runs_nothing_before_the_first_poll) {
  test::future_counter seen;
  auto task = test::spawn(join(test::count(ready(1), seen), test::count(ready(2), seen)));
  EXPECT_EQ(seen.polls(), 0u);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(seen.polls(), 2u);
}

TEST(join, of_nothing_is_ready) {
  auto task = test::spawn(join());
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::tuple<>());
}

TEST(join, of_one_future_is_a_tuple_of_one) {
  auto task = test::spawn(join(ready(1)));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::tuple(1));
}

TEST(join, void_gives_monostate) {
  auto task = test::spawn(join(ready(), ready(2)));
  const std::tuple<std::monostate, int> both = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(std::get<1>(both), 2);
}

TEST(join, gives_references_and_move_only_values) {
  int number = 1;
  auto by_reference = poll_fn([&number](context&) -> poll_result<int&> { return number; });
  auto task = test::spawn(join(std::move(by_reference), ready(std::make_unique<int>(2))));
  std::tuple<int&, std::unique_ptr<int>> both = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(&std::get<0>(both), &number);
  EXPECT_EQ(*std::get<1>(both), 2);
}

TEST(join, polls_a_finished_future_never_again) {
  test::future_counter quick;
  test::future_counter slow;
  auto task =
      test::spawn(join(test::count(ready(1), quick), test::count(test::ready_after(3, 2), slow)));
  EDO_CHECK_READY(task.poll_until_idle());
  EXPECT_EQ(quick.polls(), 1u);
  EXPECT_EQ(slow.polls(), 4u);
}

TEST(join, drops_each_future_as_soon_as_it_is_ready) {
  test::future_counter quick;
  test::manual<> slow;
  auto task = test::spawn(join(test::count(ready(1), quick), slow.future()));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(quick.drops(), 1u);
  EXPECT_FALSE(slow.is_dropped());
  slow.fire();
  EDO_CHECK_READY(task.poll());
  EXPECT_TRUE(slow.is_dropped());
  task.drop();
  EXPECT_EQ(quick.drops(), 1u);
}

TEST(join, rotates_which_future_is_polled_first) {
  std::string log;
  auto task =
      test::spawn(join(lettered{&log, 'a', 9}, lettered{&log, 'b', 9}, lettered{&log, 'c', 9}));
  for (int n = 0; n < 4; ++n) EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(log, "abcbcacababc");
}

TEST(join, a_greedy_branch_does_not_starve_its_sibling) {
  test::future_counter greedy_one;
  test::future_counter modest;
  auto task =
      test::spawn(join(test::count(greedy{1000}, greedy_one), test::count(greedy{3}, modest)));
  task.set_budget(10);
  EDO_CHECK_PENDING(task.poll());  // the greedy one begins and takes all
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());  // now the other begins
  EXPECT_EQ(modest.ready(), 1u);
  EXPECT_EQ(greedy_one.ready(), 0u);
}

TEST(join, wakes_once_for_each_future_that_wakes) {
  test::manual<> one;
  test::manual<> two;
  auto task = test::spawn(join(one.future(), two.future()));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 2u);
  one.fire();
  two.fire();
  EXPECT_EQ(task.wake_count(), 2u);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST(join, dropped_half_way_drops_futures_and_outputs_once_each) {
  test::drop_counter drops;
  test::manual<> never;
  auto task = test::spawn(
      join(ready(drops.make("output")), never.future(), ready(drops.make("second output"))));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(drops.drops(), 0u);
  task.drop();
  EXPECT_EQ(drops.drops(), 2u);
  EXPECT_TRUE(never.is_dropped());
}

TEST(join, dropped_before_the_first_poll_drops_its_futures_once) {
  test::future_counter seen;
  {
    const auto unused = join(test::count(ready(1), seen), test::count(ready(2), seen));
    EXPECT_EQ(seen.live(), 2u);
  }
  EXPECT_EQ(seen.drops(), 2u);
}

TEST(join, can_be_moved_before_the_first_poll) {
  test::future_counter seen;
  auto one = join(test::count(ready(1), seen), ready(2));
  auto two = std::move(one);
  auto task = test::spawn(std::move(two));
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::tuple(1, 2));
  EXPECT_EQ(seen.drops(), 1u);
}

TEST(join, an_exception_of_a_child_comes_out_at_once) {
  test::manual<> never;
  test::manual<int> failing;
  auto task = test::spawn(join(never.future(), failing.future()));
  EDO_CHECK_PENDING(task.poll());
  failing.fire_exception(std::runtime_error("child"));
  EXPECT_THROW((void)task.poll(), std::runtime_error);
  task.drop();
  EXPECT_TRUE(never.is_dropped());
  EXPECT_TRUE(failing.is_dropped());
}

TEST(join, an_exception_beside_finished_outputs_drops_them_once) {
  test::drop_counter drops;
  auto task =
      test::spawn(join(ready(drops.make()), test::throw_after(0, std::runtime_error("child"))));
  EXPECT_THROW((void)task.poll(), std::runtime_error);
  task.drop();
  EXPECT_EQ(drops.drops(), 1u);
}

TEST(join, a_borrowed_future_is_left_as_it_is) {
  test::manual<int> source;
  auto value = source.future();
  auto coroutine = later(std::move(value));
  {
    test::manual<> never;
    auto task = test::spawn(join(coroutine, never.future()));
    EDO_CHECK_PENDING(task.poll());
  }
  EXPECT_FALSE(source.is_dropped());
  source.fire(4);
  auto again = test::spawn(join(coroutine));
  EXPECT_EQ(EDO_CHECK_READY(again.poll()), std::tuple(4));
}

async<int> joins_inside() {
  auto [a, b] = co_await join(test::ready_after(1, 1), test::ready_after(2, 2));
  co_return a + b;
}

TEST(join, is_awaited_by_coroutines_and_takes_them) {
  auto task = test::spawn(join(joins_inside(), joins_inside()));
  EXPECT_EQ(EDO_CHECK_READY(task.poll_until_idle()), std::tuple(3, 3));
  EXPECT_EQ(task.poll_count(), 3u);
}

TEST(join, nests) {
  auto task = test::spawn(
      join(join(ready(1), test::ready_after(1, 2)), join(join(test::ready_after(2, 3)))));
  const auto all = EDO_CHECK_READY(task.poll_until_idle());
  EXPECT_EQ(all, std::make_tuple(std::tuple(1, 2), std::make_tuple(std::tuple(3))));
}

TEST(join, takes_64_futures) {
  const auto all = []<std::size_t... I>(std::index_sequence<I...>) {
    auto task = test::spawn(join(test::ready_after(I % 3, static_cast<int>(I))...));
    return EDO_CHECK_READY(task.poll_until_idle());
  }(std::make_index_sequence<64>());
  const int sum = std::apply([](auto... each) { return (each + ...); }, all);
  EXPECT_EQ(sum, 64 * 63 / 2);
  EXPECT_EQ(std::get<63>(all), 63);
}

}  // namespace
}  // namespace edo::tests
