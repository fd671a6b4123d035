// The budget from the user's side: consume_budget, unconstrained, cooperative, and the guard.
#include "edo/future/coop.hpp"

#include "edo/base/error.hpp"
#include "edo/future/block_on.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/task.hpp"

#include "unit/future/support.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <utility>

namespace {

edo::async<void> consume(int times, int& done) {
  for (; done < times; ++done) co_await edo::consume_budget();
}

TEST(coop, consume_budget_yields_exactly_when_the_budget_is_spent) {
  int done = 0;
  auto task = edo::test::spawn(consume(10, done));
  task.set_budget(4);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(done, 4);
  EXPECT_EQ(task.wake_count(), 1U);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(done, 8);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(done, 10);
  EXPECT_EQ(task.budget_left(), 2U);
}

TEST(coop, consume_budget_that_fits_the_budget_never_yields) {
  int done = 0;
  auto task = edo::test::spawn(consume(4, done));
  task.set_budget(4);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.wake_count(), 0U);
}

TEST(coop, without_a_budget_consume_budget_is_always_ready) {
  int done = 0;
  edo::block_on(consume(100'000, done));
  EXPECT_EQ(done, 100'000);
}

TEST(coop, has_budget_remaining_tells_and_charges_nothing) {
  const auto ask = []() -> edo::async<int> {
    int granted = 0;
    for (;;) {
      const bool more = co_await edo::has_budget_remaining();
      if (!more) co_return granted;
      co_await edo::consume_budget();
      ++granted;
    }
  };
  auto task = edo::test::spawn(ask());
  task.set_budget(5);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 5);
  EXPECT_TRUE(edo::block_on(edo::has_budget_remaining()));
}

TEST(coop, unconstrained_hides_the_budget_from_what_is_inside_only) {
  int inside = 0;
  int outside = 0;
  const auto body = [&]() -> edo::async<void> {
    co_await edo::unconstrained(consume(1000, inside));
    co_await consume(3, outside);
  };
  auto task = edo::test::spawn(body());
  task.set_budget(2);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(inside, 1000);
  EXPECT_EQ(outside, 2);
  EDO_CHECK_READY(task.poll());
}

TEST(coop, unconstrained_still_counts_how_deep_combinators_are_nested) {
  struct nest {
    static edo::async<int> below(int depth) {
      if (depth == 0) co_return 0;
      const int got = co_await edo::unconstrained(below(depth - 1));
      co_return got + 1;
    }
  };
  EXPECT_EQ(edo::block_on(nest::below(100)), 100);
  EXPECT_THROW((void)edo::block_on(nest::below(1000)), edo::usage_error);
}

TEST(coop, cooperative_makes_a_foreign_future_charge) {
  const auto body = [](int& done) -> edo::async<void> {
    for (; done < 10; ++done) co_await edo::cooperative(edo::ready(1));
  };
  int done = 0;
  auto task = edo::test::spawn(body(done));
  task.set_budget(4);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(done, 4);
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY(task.poll());
}

TEST(coop, cooperative_around_a_pending_future_charges_nothing) {
  auto task = edo::test::spawn(edo::cooperative(edo::tests::self_wake{1, 5}));
  task.set_budget(3);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.budget_left(), 3U);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 5);
  EXPECT_EQ(task.budget_left(), 2U);
}

TEST(coop, cooperative_does_not_poll_without_a_budget) {
  auto task = edo::test::spawn(edo::cooperative(edo::tests::self_wake{0, 5}));
  task.set_budget(0);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.wake_count(), 1U);
  EXPECT_EQ(task.budget_left(), 0U);
}

TEST(coop, a_lvalue_is_borrowed_and_an_rvalue_owned) {
  edo::tests::self_wake leaf{1, 9};
  {
    auto task = edo::test::spawn(edo::unconstrained(edo::cooperative(leaf)));
    EDO_CHECK_PENDING(task.poll());
  }
  auto task = edo::test::spawn(leaf);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 9);
  auto owned = edo::test::spawn(edo::cooperative(edo::ready(std::make_unique<int>(3))));
  EXPECT_EQ(*EDO_CHECK_READY(owned.poll()), 3);
}

TEST(coop, a_guard_gives_its_unit_back_unless_there_was_progress) {
  unsigned budget = 2;
  edo::context cx(edo::waker::noop(), &budget);
  {
    const edo::budget_guard unit(cx);
    EXPECT_TRUE(unit.is_granted());
    EXPECT_EQ(budget, 1U);
  }
  EXPECT_EQ(budget, 2U);
  {
    edo::budget_guard unit(cx);
    unit.made_progress();
    EXPECT_TRUE(unit.is_granted());
  }
  EXPECT_EQ(budget, 1U);
  budget = 0;
  {
    const edo::budget_guard unit(cx);
    EXPECT_FALSE(unit.is_granted());
  }
  EXPECT_EQ(budget, 0U);
  edo::context unlimited(edo::waker::noop());
  const edo::budget_guard unit(unlimited);
  EXPECT_TRUE(unit.is_granted());
}

TEST(coop, the_marks_of_closures_are_handed_on) {
  auto fn = edo::poll_fn(
      [kept = std::make_unique<int>(1)](edo::context&) -> edo::poll_result<int> { return *kept; });
  using made = decltype(fn);
  EXPECT_TRUE(edo::holds_closure<edo::unconstrained_future<made>>);
  EXPECT_TRUE(edo::holds_closure<edo::cooperative_future<made>>);
  EXPECT_FALSE(edo::holds_closure<edo::cooperative_future<edo::ready_future<int>>>);
}

}  // namespace
