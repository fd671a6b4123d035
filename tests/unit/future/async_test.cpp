// The coroutine as a future: laziness, results, errors, cancelling, lvalues and early exits.
#include "edo/future/async.hpp"

#include "edo/base/error.hpp"
#include "edo/base/pool.hpp"
#include "edo/base/result.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"

#include "support.hpp"

#include <expected>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace edo::tests {
namespace {

struct drop_flag {
  explicit drop_flag(int& drops) : counter(&drops) {}
  drop_flag(drop_flag&& other) noexcept : counter(std::exchange(other.counter, nullptr)) {}
  drop_flag& operator=(drop_flag&&) = delete;
  ~drop_flag() {
    if (counter != nullptr) ++*counter;
  }
  int* counter;
};

/// Counts how often it is polled; ready at poll number `ready_at`.
struct counting {
  int* polls;
  int ready_at = 1;
  poll_result<int> poll(context& cx) {
    if (++*polls >= ready_at) return *polls;
    cx.waker().wake_by_ref();
    return pending;
  }
};

struct never {
  poll_result<void> poll(context&) { return pending; }
};

async<int> count_runs(int* runs) {
  ++*runs;
  co_return *runs;
}

TEST(async, runs_nothing_until_it_is_polled) {
  int runs = 0;
  {
    auto future = into_future(count_runs(&runs));
    EXPECT_EQ(runs, 0);
    context cx(waker::noop());
    EXPECT_EQ(future.poll(cx).value(), 1);
    EXPECT_EQ(runs, 1);
  }
  {
    const auto dropped = into_future(count_runs(&runs));
  }
  EXPECT_EQ(runs, 1);
}

async<int> await_ready_leaf(int* polls) {
  const int got = co_await counting{polls, 1};
  co_return got;
}

TEST(async, a_ready_future_does_not_suspend_the_awaiting_coroutine) {
  int polls = 0;
  auto future = into_future(await_ready_leaf(&polls));
  context cx(waker::noop());
  EXPECT_TRUE(future.poll(cx).is_ready());
  EXPECT_EQ(polls, 1);
}

async<int> await_at_depth(int depth, int* polls) {
  if (depth == 0) {
    const int got = co_await counting{polls, 5};
    co_return got;
  }
  const int got = co_await await_at_depth(depth - 1, polls);
  co_return got;
}

TEST(async, each_wake_polls_the_innermost_future_exactly_once) {
  for (const int depth : {0, 1, 15, 16, 17, 100}) {
    int polls = 0;
    auto future = into_future(await_at_depth(depth, &polls));
    context cx(waker::noop());
    for (int wake = 1; wake < 5; ++wake) {
      EXPECT_TRUE(future.poll(cx).is_pending());
      EXPECT_EQ(polls, wake);
    }
    EXPECT_EQ(future.poll(cx).value(), 5);
  }
}

int global_value = 5;
async<int&> by_reference() {
  (void)co_await self_wake{};
  co_return global_value;
}
async<std::unique_ptr<int>> move_only() {
  (void)co_await self_wake{};
  co_return std::make_unique<int>(3);
}
struct no_assignment {
  explicit no_assignment(int v) : value(v) {}
  no_assignment(no_assignment&&) = default;
  no_assignment& operator=(no_assignment&&) = delete;
  int value;
};
async<no_assignment> without_assignment() { co_return no_assignment(4); }
async<void> nothing() { (void)co_await self_wake{}; }
async<int> all_kinds() {
  int& reference = co_await by_reference();
  const std::unique_ptr<int> pointer = co_await move_only();
  const no_assignment fixed = co_await without_assignment();
  co_await nothing();
  co_return &reference == &global_value ? *pointer + fixed.value : -1;
}

TEST(async, gives_values_references_move_only_types_and_void) {
  EXPECT_EQ(drive(all_kinds()), 7);
  EXPECT_EQ(&drive(by_reference()), &global_value);
  EXPECT_EQ(*drive(move_only()), 3);
  drive(nothing());
}

async<int> throws_after(int wakes) {
  (void)co_await self_wake{wakes, 0};
  throw std::string("thrown");
}
async<std::string> catches(int wakes) {
  std::string caught;
  try {
    (void)co_await throws_after(wakes);
  } catch (const std::string& text) {
    caught = text;
  }
  co_return caught;
}

TEST(async, an_exception_reaches_the_awaiting_coroutine) {
  EXPECT_EQ(drive(catches(0)), "thrown");
  EXPECT_EQ(drive(catches(2)), "thrown");
  EXPECT_THROW(drive(throws_after(1)), std::string);
}

struct throwing_leaf {
  int polls = 0;
  poll_result<int> poll(context&) {
    if (polls++ == 0) return pending;
    throw 7;
  }
};
async<int> catches_leaf() {
  int caught = 0;
  try {
    (void)co_await throwing_leaf{};
  } catch (int thrown) {
    caught = thrown;
  }
  const int more = co_await self_wake{1, 1};  // the chain is sound after it
  co_return caught + more;
}

TEST(async, an_exception_of_a_leaf_on_a_later_poll_reaches_its_await) {
  EXPECT_EQ(drive(catches_leaf()), 8);
}

async<void> hold(drop_flag flag, std::vector<int>* order, int id) {
  struct note {
    std::vector<int>* order;
    int id;
    ~note() { order->push_back(id); }
  } local{order, id};
  if (id > 0) {
    co_await hold(std::move(flag), order, id - 1);
  } else {
    co_await never{};
  }
}

TEST(async, dropping_a_suspended_coroutine_destroys_its_locals_innermost_first) {
  int drops = 0;
  std::vector<int> order;
  {
    auto future = into_future(hold(drop_flag(drops), &order, 3));
    context cx(waker::noop());
    EXPECT_TRUE(future.poll(cx).is_pending());
    EXPECT_TRUE(order.empty());
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(drops, 1);
}

TEST(async, dropping_an_unpolled_coroutine_destroys_its_arguments) {
  int drops = 0;
  std::vector<int> order;
  {
    const auto future = hold(drop_flag(drops), &order, 0);
  }
  EXPECT_EQ(drops, 1);
  EXPECT_TRUE(order.empty());
}

async<int> awaits_moved_from() {
  auto first = throws_after(0);
  auto second = std::move(first);
  int code = 0;
  try {
    (void)co_await first;
  } catch (const usage_error& error) {
    code = static_cast<int>(error.code());
  }
  try {
    (void)co_await second;
  } catch (const std::string&) {
  }
  co_return code;
}
async<int> immediate(int value) { co_return value; }
async<usage> awaits_twice() {
  auto once = immediate(1);
  const int got = co_await once;
  usage code{};
  try {
    (void)co_await once;
  } catch (const usage_error& error) {
    code = error.code();
  }
  co_return got == 1 ? code : usage{};
}
async<usage> moves_twice() {
  auto once = immediate(1);
  (void)co_await std::move(once);
  usage code{};
  try {
    (void)co_await std::move(once);
  } catch (const usage_error& error) {
    code = error.code();
  }
  co_return code;
}

TEST(async, a_second_await_of_a_finished_or_moved_future_is_a_usage_error) {
  EXPECT_EQ(drive(awaits_moved_from()), static_cast<int>(usage::awaited_twice));
  EXPECT_EQ(drive(awaits_twice()), usage::awaited_twice);
  EXPECT_EQ(drive(moves_twice()), usage::awaited_twice);
}

async<int> awaits_by_reference(async<int>& shared) {
  const int got = co_await shared;
  co_return got;
}

TEST(async, a_borrowed_coroutine_survives_the_one_that_awaited_it) {
  int polls = 0;
  auto shared = await_at_depth(3, &polls);
  context cx(waker::noop());
  {
    auto first = into_future(awaits_by_reference(shared));
    EXPECT_TRUE(first.poll(cx).is_pending());
    EXPECT_TRUE(first.poll(cx).is_pending());
  }
  auto second = into_future(awaits_by_reference(shared));
  EXPECT_TRUE(second.poll(cx).is_pending());
  EXPECT_TRUE(second.poll(cx).is_pending());
  EXPECT_EQ(second.poll(cx).value(), 5);
  EXPECT_FALSE(shared.valid());
}

TEST(async, a_borrowed_coroutine_that_is_dropped_half_way_is_cancelled) {
  int drops = 0;
  std::vector<int> order;
  {
    auto shared = hold(drop_flag(drops), &order, 2);
    context cx(waker::noop());
    borrowed<async<void>> borrow(shared);
    EXPECT_TRUE(borrow.poll(cx).is_pending());
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(drops, 1);
}

TEST(async, assigning_over_a_suspended_coroutine_cancels_it) {
  int drops = 0;
  std::vector<int> order;
  auto shared = hold(drop_flag(drops), &order, 1);
  context cx(waker::noop());
  EXPECT_TRUE(borrowed<async<void>>(shared).poll(cx).is_pending());
  shared = nothing();
  EXPECT_EQ(drops, 1);
  EXPECT_EQ(order, (std::vector<int>{0, 1}));
}

async<result<int>> fails(std::vector<std::string>* log, int wakes) {
  struct note {
    std::vector<std::string>* log;
    ~note() { log->push_back("inner destroyed"); }
  } local{log};
  (void)co_await self_wake{wakes, 0};
  co_return std::unexpected(make_error_code(errc::closed));
}
async<result<int>> passes_on(std::vector<std::string>* log, int wakes) {
  struct note {
    std::vector<std::string>* log;
    ~note() { log->push_back("middle destroyed"); }
  } local{log};
  const int got = co_await try_(fails(log, wakes));
  log->push_back("not reached");
  co_return got;
}
async<std::error_code> observes(std::vector<std::string>* log, int wakes) {
  auto got = co_await passes_on(log, wakes);
  log->push_back("outer resumed");
  co_return got.has_value() ? std::error_code() : got.error();
}

TEST(async, an_early_exit_destroys_each_frame_before_its_awaiter_resumes) {
  for (const int wakes : {0, 1, 2}) {
    std::vector<std::string> log;
    EXPECT_EQ(drive(observes(&log, wakes)), errc::closed);
    EXPECT_EQ(log,
              (std::vector<std::string>{"inner destroyed", "middle destroyed", "outer resumed"}));
  }
}

struct fallible_leaf {
  int wakes;
  std::expected<int, errc> value;
  poll_result<std::expected<int, errc>> poll(context& cx) {
    if (wakes-- == 0) return value;
    cx.waker().wake_by_ref();
    return pending;
  }
};
async<result<int>> tries_leaf(int wakes, std::expected<int, errc> value) {
  const int got = co_await try_(fallible_leaf{wakes, value});
  co_return got + 1;
}
async<result<void>> tries_void_inner(int wakes) {
  (void)co_await self_wake{wakes, 0};
  co_return result<void>();
}
async<result<void>> tries_void(int wakes) {
  co_await try_(tries_void_inner(wakes));
  co_return result<void>();
}

TEST(async, try_over_a_leaf_converts_its_error_and_passes_its_value) {
  for (const int wakes : {0, 1}) {
    EXPECT_EQ(drive(tries_leaf(wakes, 4)).value(), 5);
    EXPECT_EQ(drive(tries_leaf(wakes, std::unexpected(errc::elapsed))).error(), errc::elapsed);
    EXPECT_TRUE(drive(tries_void(wakes)).has_value());
  }
}

async<result<int>> throwing_fallible() {
  (void)co_await self_wake{};
  throw 3;
}
async<result<int>> tries_throwing() {
  const int got = co_await try_(throwing_fallible());
  co_return got;
}

TEST(async, an_exception_passes_through_try) { EXPECT_THROW((void)drive(tries_throwing()), int); }

TEST(async, steady_state_takes_no_block_from_the_system) {
  const auto work = [] {
    int polls = 0;
    for (int i = 0; i < 100; ++i) {
      polls = 0;
      drive(await_at_depth(20, &polls));
    }
  };
  work();
  const pool_stats before = frame_pool_stats();
  work();
  const pool_stats after = frame_pool_stats();
  // Under ASan every block is one of the system's, so that it can watch each one's life.
  EXPECT_EQ(after.system_blocks - before.system_blocks,
            detail::address_sanitizer ? 100u * 21u : 0u);
  EXPECT_EQ(after.allocations - before.allocations, 100u * 21u);
  EXPECT_EQ(after.frees - before.frees, 100u * 21u);
  EXPECT_EQ(after.live_bytes, before.live_bytes);
}

async<int> ends_at_nesting_limit(int depth) {
  if (depth == 0) co_return 0;
  auto below = ends_at_nesting_limit(depth - 1);
  const int got = co_await below;  // by reference: a chain of its own, polled inside this one
  co_return got + 1;
}

TEST(async, chains_that_poll_each_other_deeper_than_the_limit_are_refused) {
  constexpr int limit = static_cast<int>(context::nesting_max);
  EXPECT_EQ(drive(ends_at_nesting_limit(limit - 1)), limit - 1);
  try {
    drive(ends_at_nesting_limit(limit + 1));
    FAIL() << "not refused";
  } catch (const usage_error& error) {
    EXPECT_EQ(error.code(), usage::nested_too_deep);
  }
}

// `inside` awaits of coroutines between one combinator and the next.
async<int> nested_joins(int depth, int inside);
async<int> awaits_then_join(int depth, int inside, int left) {
  if (left != 0) {
    const int got = co_await awaits_then_join(depth, inside, left - 1);
    co_return got;
  }
  auto [below] = co_await join(nested_joins(depth - 1, inside));
  co_return below + 1;
}
async<int> nested_joins(int depth, int inside) {
  if (depth == 0) {
    co_await pending_forever<void>();
    co_return 0;
  }
  const int got = co_await awaits_then_join(depth, inside, inside);
  co_return got;
}

TEST(async, combinators_nested_as_deep_as_a_small_stack_allows_are_refused_and_not_a_crash) {
  on_small_stack(small_stack, [] {
    bool refused = false;
    for (int depth = 1; depth <= 250; ++depth) {
      auto future = into_future(nested_joins(depth, 15));
      context cx(waker::noop());
      try {
        EXPECT_TRUE(future.poll(cx).is_pending());
        EXPECT_FALSE(refused) << depth;
      } catch (const usage_error& error) {
        EXPECT_EQ(error.code(), usage::nested_too_deep);
        EXPECT_GE(depth, 4);
        refused = true;
      }
    }  // dropped at each depth: the frames are destroyed on the same stack
    EXPECT_TRUE(refused);
  });
}

}  // namespace
}  // namespace edo::tests
