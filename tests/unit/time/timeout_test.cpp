#include "edo/time/timeout.hpp"

#include "edo/base/error.hpp"
#include "edo/future/async.hpp"
#include "edo/future/ready.hpp"
#include "edo/runtime/builder.hpp"
#include "edo/runtime/runtime.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/scripted.hpp"
#include "edo/test/task.hpp"

#include "unit/driver/support.hpp"

#include <memory>
#include <string>

namespace {

using namespace driver_test;
using namespace std::chrono_literals;
using edo::elapsed;
using edo::sleep_future;
using edo::timeout_future;
using edo::detail::driver_ref;
using edo::test::on_pending;

class timeout_test : public testing::Test {
 public:
  template <class F>
  auto timeout(std::chrono::nanoseconds time, F&& inner) {
    return timeout_future<edo::future_type<F>>(
        edo::into_future(std::forward<F>(inner)),
        sleep_future(driver_ref(*d.driver),
                     edo::detail::after_ns(d.driver->clock().now_ns(), time.count()),
                     std::source_location::current()));
  }
  void pass(std::chrono::nanoseconds time) const { d.pass(time.count()); }

  scripted_driver d;
};

/// Charges the whole budget at each poll and is never ready.
struct greedy {
  edo::poll_result<int> poll(context& cx) {
    while (cx.try_charge()) {
    }
    return edo::pending;
  }
};

/// Pending; tells when it is dropped, by the count of a shared pointer.
struct holder {
  std::shared_ptr<int> held;
  edo::poll_result<int> poll(context&) { return edo::pending; }
};

TEST_F(timeout_test, gives_the_output_of_a_future_that_is_in_time) {
  auto task = edo::test::spawn(timeout(1s, edo::test::ready_after(1, 7, on_pending::keep)));
  EDO_CHECK_PENDING(task.poll());
  auto out = EDO_CHECK_READY(task.poll());
  static_assert(std::is_same_v<decltype(out), std::expected<int, elapsed>>);
  EXPECT_EQ(out, 7);
  EXPECT_EQ(task.waker_ref_count(), 1U);
  task.drop();
  EXPECT_EQ(task.waker_ref_count(), 0U);
}

TEST_F(timeout_test, gives_elapsed_at_the_deadline_and_not_before) {
  auto task = edo::test::spawn(timeout(5ms, edo::pending_forever<int>()));
  EDO_CHECK_PENDING(task.poll());
  pass(5ms - 1ns);
  EXPECT_FALSE(task.is_woken());
  pass(1ns);
  EXPECT_TRUE(task.is_woken());
  const auto out = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error(), elapsed{});
}

TEST_F(timeout_test, a_ready_future_wins_however_late_it_is) {
  auto task = edo::test::spawn(timeout(1ms, edo::ready(3)));
  pass(1h);
  EXPECT_EQ(EDO_CHECK_READY(task.poll()), 3);
}

TEST_F(timeout_test, no_time_at_all_gives_the_future_one_poll) {
  auto ready = edo::test::spawn(timeout(0ms, edo::ready(3)));
  EXPECT_EQ(EDO_CHECK_READY(ready.poll()), 3);
  auto waiting = edo::test::spawn(timeout(0ms, edo::pending_forever<int>()));
  EXPECT_FALSE(EDO_CHECK_READY(waiting.poll()));
}

TEST_F(timeout_test, the_longest_duration_never_ends) {
  auto task =
      edo::test::spawn(timeout(std::chrono::nanoseconds::max(), edo::pending_forever<int>()));
  EDO_CHECK_PENDING(task.poll());
  pass(std::chrono::nanoseconds::max());
  EDO_CHECK_PENDING(task.poll());
}

TEST_F(timeout_test, void_becomes_an_expected_without_a_value) {
  auto in_time = edo::test::spawn(timeout(1s, edo::ready()));
  const std::expected<void, elapsed> out = EDO_CHECK_READY(in_time.poll());
  EXPECT_TRUE(out);
  auto late = edo::test::spawn(timeout(0s, edo::pending_forever<>()));
  EXPECT_FALSE(EDO_CHECK_READY(late.poll()));
}

TEST_F(timeout_test, over_a_result_it_is_a_result_with_timed_out) {
  using result = edo::result<int>;
  auto good = edo::test::spawn(timeout(1s, edo::ready(result(4))));
  const result four = EDO_CHECK_READY(good.poll());
  EXPECT_EQ(four, 4);
  auto bad = edo::test::spawn(
      timeout(1s, edo::ready(result(std::unexpect, make_error_code(edo::errc::closed)))));
  EXPECT_EQ(EDO_CHECK_READY(bad.poll()).error(), edo::errc::closed);
  auto late = edo::test::spawn(timeout(0s, edo::pending_forever<result>()));
  const result out = EDO_CHECK_READY(late.poll());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error(), edo::errc::elapsed);
  EXPECT_EQ(out.error(), std::errc::timed_out);
  auto nothing = edo::test::spawn(timeout(0s, edo::pending_forever<edo::result<void>>()));
  const edo::result<void> none = EDO_CHECK_READY(nothing.poll());
  EXPECT_EQ(none.error(), std::errc::timed_out);
}

TEST_F(timeout_test, fires_although_the_future_spends_the_whole_budget) {
  auto task = edo::test::spawn(timeout(1ms, greedy{}));
  task.set_budget(128);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.budget_left(), 0U);
  pass(1ms);
  EXPECT_FALSE(EDO_CHECK_READY(task.poll()));
}

TEST_F(timeout_test, a_borrowed_future_goes_on_after_the_deadline) {
  auto inner = edo::test::ready_after(2, 9, on_pending::keep);
  {
    auto task = edo::test::spawn(timeout(1ms, inner));
    EDO_CHECK_PENDING(task.poll());
    pass(1ms);
    EXPECT_FALSE(EDO_CHECK_READY(task.poll()));
  }
  auto rest = edo::test::spawn(inner);
  EDO_CHECK_READY_EQ(rest.poll(), 9);
}

TEST_F(timeout_test, an_owned_future_is_dropped_with_the_timeout) {
  const auto token = std::make_shared<int>(1);
  auto task = edo::test::spawn(timeout(1ms, holder{token}));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(token.use_count(), 2);
  task.drop();
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_EQ(task.waker_ref_count(), 0U);
}

TEST_F(timeout_test, an_exception_comes_out) {
  auto task =
      edo::test::spawn(timeout(1s, edo::test::throw_after<int>(0, std::runtime_error("no"))));
  EXPECT_THROW(static_cast<void>(task.poll()), std::runtime_error);
}

TEST_F(timeout_test, a_coroutine_inside_is_cancelled_at_the_deadline) {
  const auto token = std::make_shared<int>(1);
  const auto body = [](std::shared_ptr<int> held) -> edo::async<int> {
    co_await edo::pending_forever<>();
    co_return *held;
  };
  const auto outer = [&](timeout_test& self) -> edo::async<bool> {
    const auto out = co_await self.timeout(1ms, body(token));
    EXPECT_EQ(token.use_count(), 1);  // gone before the next statement
    co_return out.has_value();
  };
  auto task = edo::test::spawn(outer(*this));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(token.use_count(), 2);
  pass(1ms);
  EDO_CHECK_READY_EQ(task.poll(), false);
}

TEST_F(timeout_test, timeouts_nest_and_the_shorter_one_decides) {
  auto task = edo::test::spawn(timeout(5ms, timeout(1ms, edo::pending_forever<int>())));
  EDO_CHECK_PENDING(task.poll());
  pass(1ms);
  const auto out = EDO_CHECK_READY(task.poll());
  ASSERT_TRUE(out);
  EXPECT_FALSE(*out);
}

TEST_F(timeout_test, its_error_converts_for_try) {
  const auto body = [](timeout_test& self) -> edo::async<edo::result<int>> {
    auto limited = self.timeout(0ms, edo::pending_forever<int>());
    const int value = co_await edo::try_(limited);
    co_return value;
  };
  auto task = edo::test::spawn(body(*this));
  const edo::result<int> out = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error(), std::errc::timed_out);
}

TEST_F(timeout_test, passes_the_mark_of_closures_on) {
  const auto trivial = edo::poll_fn([](context&) -> edo::poll_result<int> { return 1; });
  const auto owning =
      edo::poll_fn([s = std::string("x")](context&) -> edo::poll_result<int> { return 1; });
  static_assert(!edo::holds_closure<timeout_future<std::remove_const_t<decltype(trivial)>>>);
  static_assert(edo::holds_closure<timeout_future<std::remove_const_t<decltype(owning)>>>);
  static_assert(!edo::holds_closure<
                timeout_future<edo::future_type<std::remove_const_t<decltype(owning)>&>>>);
}

TEST(timeout, outside_of_a_runtime_is_misuse) {
  EXPECT_THROW(static_cast<void>(edo::timeout(1s, edo::ready(1))), edo::usage_error);
  EXPECT_THROW(static_cast<void>(edo::timeout_at(edo::clock::now(), edo::ready(1))),
               edo::usage_error);
}

// With a real runtime: only what needs no waiting.
class timeout_in_runtime : public testing::Test {
 protected:
  edo::runtime rt = *edo::runtime_builder::current_thread().build();
};

TEST_F(timeout_in_runtime, takes_futures_coroutines_and_references_alike) {
  const auto body = []() -> edo::async<int> {
    const auto number = []() -> edo::async<int> { co_return 2; };
    const auto a = co_await edo::timeout(1h, number());
    auto kept = edo::ready(3);
    const auto b = co_await edo::timeout_at(edo::clock::now() + 1h, kept);
    const auto c = co_await edo::timeout(-1h, edo::pending_forever<int>());
    co_return *a + *b + (c.has_value() ? 100 : 0);
  };
  EXPECT_EQ(rt.block_on(body()), 5);
}

TEST_F(timeout_in_runtime, sleeps_of_all_kinds_end) {
  const auto body = []() -> edo::async<bool> {
    const edo::instant begin = edo::clock::now();
    co_await edo::sleep(2ms);
    co_await edo::sleep_until(begin + 3ms);
    co_await edo::sleep_until(std::chrono::steady_clock::now() + 1ms);
    co_await edo::sleep(-1s);
    const auto out = co_await edo::timeout(1ms, edo::sleep(std::chrono::hours::max()));
    EXPECT_FALSE(out);
    co_return edo::clock::now() - begin >= 5ms;
  };
  EXPECT_TRUE(rt.block_on(body()));
}

}  // namespace
