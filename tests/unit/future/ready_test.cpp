#include "edo/future/ready.hpp"

#include "edo/future/async.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/task.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace edo::tests {
namespace {

TEST(ready, is_ready_at_the_first_poll_without_a_wake) {
  auto task = test::spawn(ready(3));
  EDO_CHECK_READY_EQ(task.poll(), 3);
  EXPECT_EQ(task.wake_count(), 0u);
  EXPECT_EQ(task.waker().clones(), 0u);
}

TEST(ready, charges_no_budget) {
  auto task = test::spawn(ready(3));
  task.set_budget(0);
  EDO_CHECK_READY_EQ(task.poll(), 3);
}

TEST(ready, holds_a_move_only_value) {
  auto task = test::spawn(ready(std::make_unique<int>(5)));
  EXPECT_EQ(*EDO_CHECK_READY(task.poll()), 5);
}

TEST(ready, copies_an_lvalue_and_decays) {
  const std::string text = "kept";
  auto task = test::spawn(ready(text));
  EDO_CHECK_READY_EQ(task.poll(), "kept");
  auto literal = test::spawn(ready("literal"));
  EDO_CHECK_READY_EQ(literal.poll(), std::string("literal"));
}

TEST(ready, without_a_value_is_done) {
  auto task = test::spawn(ready());
  EDO_CHECK_READY(task.poll());
}

TEST(ready, dropped_before_its_poll_drops_the_value) {
  test::drop_counter drops;
  auto task = test::spawn(ready(drops.make()));
  EXPECT_EQ(drops.drops(), 0u);
  task.drop();
  EXPECT_EQ(drops.drops(), 1u);
}

async<int> sum_of_ready() {
  int sum = co_await ready(1);
  sum += co_await ready(2);
  co_await ready();
  co_return sum;
}

TEST(ready, never_suspends_a_coroutine) {
  auto task = test::spawn(sum_of_ready());
  EDO_CHECK_READY_EQ(task.poll(), 3);
  EXPECT_EQ(task.poll_count(), 1u);
}

TEST(pending_forever, stays_pending_and_keeps_no_waker) {
  auto task = test::spawn(pending_forever<int>());
  for (int n = 0; n < 3; ++n) EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.wake_count(), 0u);
  EXPECT_EQ(task.waker().clones(), 0u);
}

TEST(poll_fn, calls_the_function_once_for_each_poll) {
  int calls = 0;
  auto task = test::spawn(poll_fn([&calls](context&) -> poll_result<int> {
    if (++calls < 3) return pending;
    return calls;
  }));
  EXPECT_EQ(calls, 0);
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY_EQ(task.poll(), 3);
  EXPECT_EQ(calls, 3);
}

TEST(poll_fn, receives_the_context_of_the_poll) {
  waker kept;
  auto task = test::spawn(poll_fn([&kept](context& cx) -> poll_result<void> {
    if (!kept.empty()) return done;
    kept = cx.waker();
    return pending;
  }));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.is_woken());
  kept.wake_by_ref();
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_READY(task.poll());
}

TEST(poll_fn, owns_the_function_until_it_is_dropped) {
  test::drop_counter drops;
  auto task =
      test::spawn(poll_fn([token = drops.make()](context&) -> poll_result<void> { return done; }));
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(drops.drops(), 0u);
  task.drop();
  EXPECT_EQ(drops.drops(), 1u);
}

TEST(poll_fn, an_exception_comes_out_of_the_poll) {
  auto task =
      test::spawn(poll_fn([](context&) -> poll_result<int> { throw std::runtime_error("poll"); }));
  EXPECT_THROW((void)task.poll(), std::runtime_error);
}

TEST(poll_fn, tells_whether_it_holds_a_closure_that_g_plus_plus_12_must_not_see) {
  const auto trivial = [](context&) -> poll_result<void> { return done; };
  const auto owning = [text = std::string()](context&) -> poll_result<void> { return done; };
  EXPECT_FALSE(holds_closure<decltype(poll_fn(trivial))>);
  EXPECT_FALSE(
      holds_closure<decltype(poll_fn([](context&) -> poll_result<void> { return done; }))>);
  EXPECT_FALSE(holds_closure<decltype(poll_fn(owning))>);
  EXPECT_TRUE((holds_closure<decltype(poll_fn(
                   [text = std::string()](context&) -> poll_result<void> { return done; }))>));
}

}  // namespace
}  // namespace edo::tests
