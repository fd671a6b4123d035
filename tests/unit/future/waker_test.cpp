#include "edo/future/waker.hpp"

#include "edo/future/context.hpp"
#include "edo/test/mock_waker.hpp"

#include <gtest/gtest.h>
#include <type_traits>
#include <utility>

namespace edo::tests {
namespace {

using test::mock_waker;

static_assert(sizeof(waker) == 2 * sizeof(void*));
static_assert(std::is_nothrow_copy_constructible_v<waker>);
static_assert(std::is_nothrow_move_constructible_v<waker>);
static_assert(std::is_nothrow_copy_assignable_v<waker>);
static_assert(std::is_nothrow_move_assignable_v<waker>);
static_assert(noexcept(std::declval<const waker&>().wake_by_ref()));
static_assert(noexcept(std::declval<waker>().wake()));

TEST(waker, copying_clones_and_destroying_drops) {
  const mock_waker mock;
  {
    const waker copy = mock.waker();
    EXPECT_EQ(mock.live(), 1u);
    EXPECT_TRUE(copy.will_wake(mock.waker()));
  }
  EXPECT_EQ(mock.clones(), 1u);
  EXPECT_EQ(mock.drops(), 1u);
}

TEST(waker, moving_neither_clones_nor_drops_and_leaves_an_empty_one) {
  const mock_waker mock;
  waker source = mock.waker();
  const waker target = std::move(source);
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): the promise under test
  EXPECT_FALSE(target.empty());
  EXPECT_EQ(mock.clones(), 1u);
  EXPECT_EQ(mock.drops(), 0u);
}

TEST(waker, wake_gives_the_reference_up) {
  const mock_waker mock;
  waker one = mock.waker();
  std::move(one).wake();
  EXPECT_EQ(mock.wakes_by_value(), 1u);
  EXPECT_EQ(mock.live(), 0u);
  EXPECT_TRUE(one.empty());  // NOLINT(bugprone-use-after-move): the promise under test
  std::move(one).wake();
  EXPECT_EQ(mock.wakes(), 1u);
}

TEST(waker, wake_by_ref_keeps_the_reference) {
  const mock_waker mock;
  const waker one = mock.waker();
  one.wake_by_ref();
  one.wake_by_ref();
  EXPECT_EQ(mock.wakes_by_ref(), 2u);
  EXPECT_EQ(mock.live(), 1u);
}

TEST(waker, an_empty_one_may_be_woken_copied_and_compared) {
  const waker none;
  none.wake_by_ref();
  waker copy = none;
  EXPECT_TRUE(copy.empty());
  EXPECT_TRUE(copy.will_wake(none));
  std::move(copy).wake();
}

TEST(waker, assigning_one_of_the_same_task_neither_clones_nor_drops) {
  const mock_waker mock;
  waker kept = mock.waker();
  kept = mock.waker();
  EXPECT_EQ(mock.clones(), 1u);
  EXPECT_EQ(mock.drops(), 0u);
}

TEST(waker, assigning_another_drops_the_last) {
  const mock_waker one;
  const mock_waker two;
  waker kept = one.waker();
  kept = two.waker();
  EXPECT_EQ(one.live(), 0u);
  EXPECT_EQ(two.live(), 1u);
  kept = waker();
  EXPECT_EQ(two.live(), 0u);
}

TEST(waker, assigning_to_itself_changes_nothing) {
  const mock_waker mock;
  waker one = mock.waker();
  waker& same = one;
  one = same;
  one = std::move(same);
  EXPECT_EQ(mock.live(), 1u);
  EXPECT_TRUE(one.will_wake(mock.waker()));
}

TEST(waker, wakers_of_two_tasks_do_not_wake_each_other) {
  const mock_waker one;
  const mock_waker two;
  EXPECT_FALSE(one.waker().will_wake(two.waker()));
  EXPECT_FALSE(one.waker().will_wake(waker()));
}

TEST(waker, noop_can_be_cloned_woken_and_dropped) {
  waker one = waker::noop();
  EXPECT_FALSE(one.empty());
  EXPECT_TRUE(one.will_wake(waker::noop()));
  one.wake_by_ref();
  std::move(one).wake();
}

TEST(waker, a_borrowed_one_gives_no_reference_back) {
  const mock_waker mock;
  {
    const detail::borrowed_waker borrowed(mock.waker().data(), mock.waker().vtable());
    borrowed.get().wake_by_ref();
    EXPECT_TRUE(borrowed.get().will_wake(mock.waker()));
  }
  EXPECT_EQ(mock.drops(), 0u);
  EXPECT_EQ(mock.wakes(), 1u);
}

TEST(context, hands_its_waker_out_without_cloning) {
  const mock_waker mock;
  const context cx(mock.waker());
  EXPECT_TRUE(cx.waker().will_wake(mock.waker()));
  EXPECT_EQ(mock.clones(), 0u);
}

TEST(context, without_a_budget_every_charge_succeeds) {
  context cx(waker::noop());
  EXPECT_TRUE(cx.has_budget());
  for (int n = 0; n < 1000; ++n) EXPECT_TRUE(cx.try_charge());
  cx.refund();
  EXPECT_EQ(cx.budget(), nullptr);
}

TEST(context, a_spent_budget_refuses_and_wakes) {
  const mock_waker mock;
  unsigned budget = 2;
  context cx(mock.waker(), &budget);
  EXPECT_TRUE(cx.try_charge());
  EXPECT_TRUE(cx.try_charge());
  EXPECT_FALSE(cx.has_budget());
  EXPECT_EQ(mock.wakes(), 0u);
  EXPECT_FALSE(cx.try_charge());
  EXPECT_EQ(mock.wakes(), 1u);
}

TEST(context, a_refund_can_be_charged_again) {
  unsigned budget = 1;
  context cx(waker::noop(), &budget);
  EXPECT_TRUE(cx.try_charge());
  cx.refund();
  EXPECT_TRUE(cx.has_budget());
  EXPECT_TRUE(cx.try_charge());
  EXPECT_FALSE(cx.has_budget());
}

TEST(context, a_child_with_its_own_waker_charges_the_same_budget) {
  const mock_waker parent_waker;
  const mock_waker child_waker;
  unsigned budget = 1;
  context parent(parent_waker.waker(), &budget);
  parent.set_nesting(3);
  context child(child_waker.waker(), parent);
  EXPECT_EQ(child.nesting(), 3u);
  EXPECT_TRUE(child.try_charge());
  EXPECT_FALSE(parent.has_budget());
  EXPECT_FALSE(child.try_charge());
  EXPECT_EQ(child_waker.wakes(), 1u);
  EXPECT_EQ(parent_waker.wakes(), 0u);
}

}  // namespace
}  // namespace edo::tests
