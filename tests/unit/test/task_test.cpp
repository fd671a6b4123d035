#include "edo/test/task.hpp"

#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace test = edo::test;

edo::async<int> plus_one(int n) { co_return n + 1; }

edo::async<int> twice_pending() {
  co_await test::done_after(1, test::on_pending::keep);
  co_await test::done_after(1, test::on_pending::keep);
  co_return 5;
}

/// Charges one unit of the budget at each poll until `needed` were had.
struct greedy {
  unsigned needed;
  edo::poll_result<void> poll(edo::context& cx) {
    while (needed != 0) {
      if (!cx.try_charge()) return edo::pending;
      --needed;
    }
    return edo::done;
  }
};

TEST(spawned, runs_nothing_before_the_first_poll) {
  int calls = 0;
  auto task = test::spawn(edo::poll_fn([&calls](edo::context&) -> edo::poll_result<void> {
    ++calls;
    return edo::done;
  }));
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(task.poll_count(), 0u);
  EXPECT_TRUE(task.poll().is_ready());
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(task.poll_count(), 1u);
}

TEST(spawned, takes_an_async_and_gives_its_output) {
  auto task = test::spawn(plus_one(2));
  EDO_CHECK_READY_EQ(task.poll(), 3);
}

TEST(spawned, takes_a_closure_and_keeps_it) {
  auto task = test::spawn([text = std::string(100, 'x')]() -> edo::async<std::size_t> {
    co_await test::done_after(1);
    co_return text.size();
  });
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY_EQ(task.poll(), 100);
}

TEST(spawned, borrows_an_lvalue_future) {
  test::manual<int> source;
  auto future = source.future();
  {
    auto task = test::spawn(future);
    EDO_CHECK_PENDING(task.poll());
    task.drop();
  }
  EXPECT_FALSE(source.is_dropped());
  source.fire(7);
  auto again = test::spawn(future);
  EDO_CHECK_READY_EQ(again.poll(), 7);
}

TEST(spawned, owns_an_rvalue_future) {
  test::manual<int> source;
  auto task = test::spawn(source.future());
  EDO_CHECK_PENDING(task.poll());
  task.drop();
  EXPECT_TRUE(source.is_dropped());
  EXPECT_TRUE(task.is_dropped());
}

TEST(spawned, is_woken_tells_of_wakes_since_the_last_poll) {
  test::manual<> source;
  auto task = test::spawn(source.future());
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.is_woken());
  source.wake();
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.is_woken());
}

TEST(spawned, a_wake_during_the_poll_counts_for_after_it) {
  auto task = test::spawn(test::done_after(1));
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_WOKEN(task);
}

TEST(spawned, counts_all_wakes) {
  test::manual<> source;
  auto task = test::spawn(source.future());
  EDO_CHECK_PENDING(task.poll());
  source.wake();
  source.wake();
  EXPECT_EQ(task.wake_count(), 2u);
  source.fire();
  EXPECT_EQ(task.wake_count(), 3u);
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.wake_count(), 3u);
}

TEST(spawned, waker_ref_count_is_the_clones_that_others_hold) {
  test::manual<> source;
  auto task = test::spawn(source.future());
  EXPECT_EQ(task.waker_ref_count(), 0u);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 1u);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 1u);
  task.drop();
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST(spawned, counts_its_polls) {
  auto task = test::spawn(twice_pending());
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY_EQ(task.poll(), 5);
  EXPECT_EQ(task.poll_count(), 3u);
}

TEST(spawned, dropping_destroys_the_locals_of_a_suspended_coroutine) {
  test::drop_counter drops;
  auto task = test::spawn([&drops]() -> edo::async<void> {
    const auto local = drops.make();
    co_await edo::pending_forever();
  });
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(drops.live(), 1u);
  task.drop();
  EXPECT_EQ(drops.drops(), 1u);
}

TEST(spawned, a_poll_after_the_drop_is_an_error) {
  auto task = test::spawn(edo::ready(1));
  task.drop();
  EXPECT_THROW(static_cast<void>(task.poll()), test::check_failed);
}

TEST(spawned, an_exception_of_the_future_comes_out_of_the_poll) {
  auto task = test::spawn(test::throw_after(1, std::runtime_error("broken")));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_THROW(static_cast<void>(task.poll()), std::runtime_error);
}

TEST(spawned, can_be_moved_between_polls) {
  auto task = test::spawn(twice_pending());
  EDO_CHECK_PENDING(task.poll());
  auto moved = std::move(task);
  EDO_CHECK_PENDING(moved.poll());
  EDO_CHECK_READY_EQ(moved.poll(), 5);
  EXPECT_EQ(moved.poll_count(), 3u);
}

TEST(spawned, fits_a_vector) {
  std::vector<decltype(test::spawn(plus_one(0)))> tasks;
  for (int n = 0; n < 10; ++n) tasks.push_back(test::spawn(plus_one(n)));
  for (int n = 0; n < 10; ++n) {
    EDO_CHECK_READY_EQ(tasks[static_cast<std::size_t>(n)].poll(), n + 1);
  }
}

TEST(spawned, enter_gives_the_context_and_the_future) {
  test::manual<int> source;
  auto task = test::spawn(source.future());
  source.wake();
  const bool pending = task.enter(
      [](edo::context& cx, test::manual_future<int>& f) { return f.poll(cx).is_pending(); });
  EXPECT_TRUE(pending);
  EXPECT_EQ(task.poll_count(), 0u);
  EXPECT_EQ(task.waker_ref_count(), 1u);
}

TEST(spawned, enter_forgets_earlier_wakes) {
  auto task = test::spawn(edo::ready(1));
  task.waker().waker().wake_by_ref();
  task.enter([](edo::context&, auto&) {});
  EXPECT_FALSE(task.is_woken());
}

TEST(spawned, blocking_inside_is_refused_as_in_a_task) {
  auto task = test::spawn(edo::poll_fn(
      [](edo::context&) -> edo::poll_result<int> { return edo::block_on(edo::ready(1)); }));
  try {
    static_cast<void>(task.poll());
    FAIL() << "block_on ran inside a task";
  } catch (const edo::usage_error& error) {
    EXPECT_EQ(error.code(), edo::usage::blocking_in_task);
  }
}

TEST(spawned, poll_until_idle_ends_at_ready) {
  auto task = test::spawn(test::ready_after(3, 9));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 9);
  EXPECT_EQ(task.poll_count(), 4u);
}

TEST(spawned, poll_until_idle_ends_when_nothing_woke_the_task) {
  auto task = test::spawn([]() -> edo::async<void> {
    co_await test::done_after(2);
    co_await edo::pending_forever();
  });
  EDO_CHECK_PENDING(task.poll_until_idle());
  EXPECT_EQ(task.poll_count(), 3u);
}

TEST(spawned, poll_until_idle_throws_on_endless_self_wakes) {
  auto task = test::spawn(edo::poll_fn([](edo::context& cx) -> edo::poll_result<void> {
    cx.waker().wake_by_ref();
    return edo::pending;
  }));
  EXPECT_THROW(static_cast<void>(task.poll_until_idle(50)), test::check_failed);
  EXPECT_EQ(task.poll_count(), 50u);
}

TEST(spawned, has_no_budget_unless_one_is_set) {
  auto task = test::spawn(greedy{100'000});
  EDO_CHECK_READY(task.poll());
}

TEST(spawned, a_budget_is_renewed_at_each_poll) {
  auto task = test::spawn(greedy{25});
  task.set_budget(10);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.budget_left(), 0u);
  EDO_CHECK_WOKEN(task);
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY(task.poll());
  EXPECT_EQ(task.budget_left(), 5u);
}

TEST(spawned, works_with_combinators) {
  test::manual<int> left;
  test::manual<int> right;
  auto task = test::spawn(edo::join(left.future(), right.future()));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 2u);
  right.fire(2);
  EDO_CHECK_PENDING(task.poll());
  left.fire(1);
  EDO_CHECK_WOKEN(task);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), std::tuple(1, 2));
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST(check, ready_gives_a_move_only_value) {
  auto task = test::spawn(edo::ready(std::make_unique<int>(4)));
  const std::unique_ptr<int> value = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(*value, 4);
}

TEST(check, ready_gives_a_reference) {
  int number = 1;
  auto task = test::spawn(
      edo::poll_fn([&number](edo::context&) -> edo::poll_result<int&> { return number; }));
  int& same = EDO_CHECK_READY(task.poll());
  EXPECT_EQ(&same, &number);
}

template <class Fn>
std::string message_of(Fn&& fn) {
  try {
    std::forward<Fn>(fn)();
  } catch (const test::check_failed& failure) {
    return failure.what();
  }
  return "no failure";
}

TEST(check, a_failure_names_the_file_and_the_expression) {
  auto task = test::spawn(edo::pending_forever<int>());
  const std::string message = message_of([&] { EDO_CHECK_READY(task.poll()); });
  EXPECT_NE(message.find("task_test.cpp:"), std::string::npos) << message;
  EXPECT_NE(message.find("task.poll() is ready: it is pending"), std::string::npos) << message;
}

TEST(check, pending_fails_on_ready_and_shows_the_value) {
  auto task = test::spawn(edo::ready(12));
  const std::string message = message_of([&] { EDO_CHECK_PENDING(task.poll()); });
  EXPECT_NE(message.find("it is ready with 12"), std::string::npos) << message;
}

TEST(check, ready_eq_fails_on_pending) {
  auto task = test::spawn(edo::pending_forever<int>());
  const std::string message = message_of([&] { EDO_CHECK_READY_EQ(task.poll(), 3); });
  EXPECT_NE(message.find("is ready with 3: it is pending"), std::string::npos) << message;
}

TEST(check, ready_eq_shows_both_values) {
  auto task = test::spawn(edo::ready(std::string("left")));
  const std::string message = message_of([&] { EDO_CHECK_READY_EQ(task.poll(), "right"); });
  EXPECT_NE(message.find("is ready with \"right\": it is ready with \"left\""), std::string::npos)
      << message;
}

TEST(check, woken_fails_when_nobody_woke) {
  auto task = test::spawn(edo::ready(1));
  EXPECT_NE(message_of([&] { EDO_CHECK_WOKEN(task); }).find("task is woken: it is not"),
            std::string::npos);
}

}  // namespace
