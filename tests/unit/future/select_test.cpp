#include "edo/future/select.hpp"

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

async<int> waits_for(test::manual_future<int> value) { co_return co_await value; }

TEST(select, gives_the_branch_that_is_ready_first) {
  test::manual<int> one;
  test::manual<std::string> two;
  auto task = test::spawn(select(one.future(), two.future()));
  EDO_CHECK_PENDING(task.poll());
  two.fire("two");
  EDO_CHECK_WOKEN(task);
  auto won = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(won.index(), 1u);
  EXPECT_EQ(get<1>(std::move(won)), "two");
}

TEST(select, the_output_of_another_branch_is_an_error) {
  auto task = test::spawn(select(ready(1), pending_forever<int>()));
  auto won = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(get<0>(won), 1);
  EXPECT_THROW((void)get<1>(won), std::bad_variant_access);
}

TEST(select, losers_are_dropped_before_the_result_is_handed_on) {
  test::manual<int> winner;
  test::manual<int> loser;
  auto task = test::spawn(select(winner.future(), loser.future()));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(loser.is_dropped());
  winner.fire(1);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()).index(), 0u);
  EXPECT_TRUE(loser.is_dropped());
  EXPECT_TRUE(winner.is_dropped());
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST(select, a_borrowed_loser_can_be_used_again) {
  test::manual<int> source;
  auto slow = source.future();
  for (int round = 0; round < 3; ++round) {
    auto task = test::spawn(select(slow, ready()));
    auto won = EDO_CHECK_READY(task.poll_until_idle());
    EXPECT_EQ(won.index(), 1u);
  }
  EXPECT_FALSE(source.is_dropped());
  source.fire(8);
  auto last = test::spawn(select(slow, pending_forever()));
  auto won = EDO_CHECK_READY(last.poll());
  EXPECT_EQ(get<0>(won), 8);
}

TEST(select, a_borrowed_coroutine_that_lost_goes_on_where_it_was) {
  test::manual<int> source;
  auto coroutine = waits_for(source.future());
  {
    test::manual<> other;
    auto task = test::spawn(select(coroutine, other.future()));
    EDO_CHECK_PENDING(task.poll());
    other.fire();
    EXPECT_EQ(EDO_CHECK_READY(task.poll()).index(), 1u);
  }
  source.fire(5);
  auto again = test::spawn(coroutine);
  EDO_CHECK_READY_EQ(again.poll(), 5);
}

TEST(select, void_gives_monostate) {
  auto task = test::spawn(select(ready(), pending_forever<int>()));
  auto won = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(won.index(), 0u);
  EXPECT_EQ(get<0>(won), std::monostate());
}

TEST(select, gives_references_and_move_only_values) {
  int number = 1;
  auto by_reference = poll_fn([&number](context&) -> poll_result<int&> { return number; });
  auto one = test::spawn(select(std::move(by_reference), pending_forever()));
  auto referred = EDO_CHECK_READY(one.poll());
  EXPECT_EQ(&get<0>(referred), &number);

  auto two = test::spawn(select(pending_forever(), ready(std::make_unique<int>(2))));
  auto owned = EDO_CHECK_READY(two.poll());
  const std::unique_ptr<int> value = get<1>(std::move(owned));
  EXPECT_EQ(*value, 2);
}

TEST(select, two_branches_of_one_type_are_told_apart) {
  test::manual<int> one;
  test::manual<int> two;
  auto task = test::spawn(select(one.future(), two.future()));
  EDO_CHECK_PENDING(task.poll());
  two.fire(2);
  auto won = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(won.index(), 1u);
  EXPECT_EQ(get<1>(won), 2);
}

TEST(select, of_one_future_waits_for_it) {
  auto task = test::spawn(select(test::ready_after(2, 3)));
  auto won = EDO_CHECK_READY(task.poll_until_idle());
  EXPECT_EQ(get<0>(won), 3);
}

TEST(select, polls_nobody_after_the_winner) {
  test::future_counter seen;
  auto task = test::spawn(select(test::count(ready(1), seen), test::count(ready(2), seen),
                                 test::count(ready(3), seen)));
  (void)EDO_CHECK_READY(task.poll());
  EXPECT_EQ(seen.polls(), 1u);
  EXPECT_EQ(seen.drops(), 3u);
}

TEST(select, every_branch_that_is_always_ready_wins_at_times) {
  std::array<int, 4> wins{};
  for (int round = 0; round < 400; ++round) {
    auto task = test::spawn(select(ready(0), ready(1), ready(2), ready(3)));
    ++wins[EDO_CHECK_READY(task.poll()).index()];
  }
  // 400 fair choices of 4 miss one of them with a probability below 1e-49.
  for (const int each : wins) EXPECT_GT(each, 0);
}

TEST(select, every_poll_asks_each_pending_branch_once) {
  test::future_counter one;
  test::future_counter two;
  auto task =
      test::spawn(select(test::count(pending_forever(), one), test::count(pending_forever(), two)));
  for (int n = 0; n < 10; ++n) EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(one.polls(), 10u);
  EXPECT_EQ(two.polls(), 10u);
}

TEST(select, an_exception_of_a_branch_comes_out_after_all_are_dropped) {
  test::manual<int> failing;
  test::manual<int> other;
  auto task = test::spawn(select(failing.future(), other.future()));
  EDO_CHECK_PENDING(task.poll());
  failing.fire_exception(std::runtime_error("branch"));
  EXPECT_THROW((void)task.poll(), std::runtime_error);
  EXPECT_TRUE(failing.is_dropped());
  EXPECT_TRUE(other.is_dropped());
}

TEST(select, what_a_loser_would_have_thrown_is_never_seen) {
  test::manual<int> loser;
  {
    auto task = test::spawn(select(loser.future(), test::ready_after(1, 1)));
    EDO_CHECK_PENDING(task.poll());
    EXPECT_EQ(EDO_CHECK_READY(task.poll()).index(), 1u);
  }
  loser.fire_exception(std::runtime_error("too late"));
  EXPECT_TRUE(loser.is_dropped());
}

async<void> guards(test::drop_counter& drops, std::string name) {
  const auto token = drops.make(std::move(name));
  co_await pending_forever();
}
async<void> guards_outside(test::drop_counter& drops) {
  const auto token = drops.make("outer");
  co_await guards(drops, "inner");
}

TEST(select, a_losing_coroutine_is_cancelled_innermost_first) {
  test::drop_counter drops;
  test::manual<> winner;
  auto task = test::spawn(select(guards_outside(drops), winner.future()));
  EDO_CHECK_PENDING(task.poll());
  winner.fire();
  EXPECT_EQ(EDO_CHECK_READY(task.poll()).index(), 1u);
  EXPECT_EQ(drops.order(), "inner,outer");
}

TEST(select, dropped_half_way_drops_its_branches_once) {
  test::drop_counter drops;
  test::manual<int> other;
  auto task = test::spawn(select(guards(drops, "one"), other.future()));
  EDO_CHECK_PENDING(task.poll());
  task.drop();
  EXPECT_EQ(drops.order(), "one");
  EXPECT_TRUE(other.is_dropped());
}

TEST(select, dropped_before_the_first_poll_drops_its_branches_once) {
  test::future_counter seen;
  {
    auto unused = select(test::count(ready(1), seen), test::count(ready(2), seen));
    const auto moved = std::move(unused);
  }
  EXPECT_EQ(seen.polls(), 0u);
  EXPECT_EQ(seen.drops(), 2u);
}

TEST(select, an_output_dies_once_with_its_owner) {
  test::drop_counter drops;
  {
    auto task = test::spawn(select(ready(drops.make()), pending_forever()));
    auto won = EDO_CHECK_READY(task.poll());
    EXPECT_EQ(drops.drops(), 0u);
    const auto value = get<0>(std::move(won));
    EXPECT_EQ(drops.drops(), 0u);
  }
  EXPECT_EQ(drops.drops(), 1u);
}

async<int> selects_in_a_loop(test::manual_future<int>& source) {
  int rounds = 0;
  for (;;) {
    auto won = co_await select(source, test::done_after(1));
    if (won.index() == 0) co_return get<0>(won) * 100 + rounds;
    ++rounds;
  }
}

TEST(select, in_a_loop_over_a_reference_loses_nothing) {
  test::manual<int> source;
  auto future = source.future();
  auto task = test::spawn(selects_in_a_loop(future));
  for (int n = 0; n < 5; ++n) EDO_CHECK_PENDING(task.poll());
  source.fire(3);
  const int result = EDO_CHECK_READY(task.poll_until_idle());
  EXPECT_EQ(result / 100, 3);
  EXPECT_GE(result % 100, 4);
}

TEST(select, nests_with_join) {
  test::manual<int> slow;
  auto task = test::spawn(select(join(test::ready_after(1, 1), slow.future()),
                                 select(pending_forever(), test::ready_after(3, 2))));
  auto won = EDO_CHECK_READY(task.poll_until_idle());
  ASSERT_EQ(won.index(), 1u);
  EXPECT_EQ(get<1>(get<1>(won)), 2);
  EXPECT_TRUE(slow.is_dropped());
}

TEST(select, takes_64_branches) {
  const std::size_t won = []<std::size_t... I>(std::index_sequence<I...>) {
    auto task = test::spawn(select(test::ready_after(I == 41 ? 2 : 9, I)...));
    return EDO_CHECK_READY(task.poll_until_idle()).index();
  }(std::make_index_sequence<64>());
  EXPECT_EQ(won, 41u);
}

TEST(select, a_branch_without_budget_wins_at_a_later_poll) {
  auto task = test::spawn(select(poll_fn([](context& cx) -> poll_result<int> {
                                   if (!cx.try_charge()) return pending;
                                   return 1;
                                 }),
                                 pending_forever()));
  task.set_budget(0);
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_WOKEN(task);
  task.set_budget(1);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()).index(), 0u);
}

}  // namespace
}  // namespace edo::tests
