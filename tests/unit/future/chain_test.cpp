// Depth: awaiting, cancelling and failing must not use the native stack, whatever the depth.
#include "edo/base/error.hpp"

#include "support.hpp"

#include <expected>
#include <gtest/gtest.h>
#include <string_view>
#include <vector>

namespace edo::tests {
namespace {

constexpr long levels = 100'000;
// TSan makes each of these ten times as slow and has nothing to find in a single thread.
constexpr long loop_awaits = detail::thread_sanitizer ? 200'000 : 10'000'000;

/// Locals that check that they die once each, innermost first.
struct tower {
  long made = 0;
  long destroyed = 0;
  long next = 0;  // the id that must die next
  bool in_order = true;
};

class floor_local {
 public:
  floor_local(tower& owner, long id) : tower_(owner), id_(id) { ++tower_.made; }
  floor_local(const floor_local&) = delete;
  floor_local& operator=(const floor_local&) = delete;
  ~floor_local() {
    ++tower_.destroyed;
    if (id_ != tower_.next) tower_.in_order = false;
    tower_.next = id_ + 1;
  }

 private:
  tower& tower_;
  long id_;
};

struct never {
  poll_result<void> poll(context&) { return pending; }
};

async<long> completing(tower& t, long level) {
  floor_local local(t, level);
  if (level == 0) {
    const int got = co_await self_wake{1, 1};
    co_return got;
  }
  const long below = co_await completing(t, level - 1);
  co_return below + 1;
}

async<long> waiting(tower& t, long level, long wait_at) {
  floor_local local(t, level);
  if (level > 0) (void)co_await waiting(t, level - 1, wait_at);
  if (level == 0) (void)co_await self_wake{1, 1};
  if (level == wait_at) co_await never{};
  co_return 0;
}

async<long> throwing(tower& t, long level) {
  floor_local local(t, level);
  if (level == 0) {
    (void)co_await self_wake{1, 1};
    throw 42;
  }
  const long below = co_await throwing(t, level - 1);
  co_return below + 1;
}

using outcome = std::expected<long, int>;

async<outcome> leaving(tower& t, long level) {
  floor_local local(t, level);
  if (level == 0) {
    (void)co_await self_wake{1, 1};
    co_return std::unexpected(9);
  }
  const long below = co_await try_(leaving(t, level - 1));
  co_return below + 1;
}

async<int> immediate() { co_return 1; }

async<long> loop(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await immediate();
  co_return sum;
}

async<outcome> immediate_error() { co_return std::unexpected(1); }
async<outcome> tries_once() {
  const long got = co_await try_(immediate_error());
  co_return got;
}
async<long> loop_of_errors(long count) {
  long errors = 0;
  for (long i = 0; i < count; ++i) {
    const outcome got = co_await tries_once();
    errors += got.has_value() ? 0 : 1;
  }
  co_return errors;
}

void expect_all_destroyed(const tower& t, long count) {
  EXPECT_EQ(t.made, count);
  EXPECT_EQ(t.destroyed, count);
  EXPECT_TRUE(t.in_order);
}

TEST(chain, ten_million_synchronous_awaits_in_a_loop_fit_a_small_stack) {
  on_small_stack(small_stack, [] { EXPECT_EQ(drive(loop(loop_awaits)), loop_awaits); });
}

TEST(chain, a_loop_of_early_exits_fits_a_small_stack) {
  on_small_stack(small_stack, [] { EXPECT_EQ(drive(loop_of_errors(levels)), levels); });
}

TEST(chain, a_hundred_thousand_levels_complete_in_a_small_stack) {
  on_small_stack(small_stack, [] {
    tower t;
    EXPECT_EQ(drive(completing(t, levels)), levels + 1);
    expect_all_destroyed(t, levels + 1);
  });
}

TEST(chain, a_hundred_thousand_levels_are_cancelled_in_a_small_stack_innermost_first) {
  on_small_stack(small_stack, [] {
    tower t;
    {
      auto future = into_future(waiting(t, levels, 0));
      context cx(waker::noop());
      EXPECT_TRUE(future.poll(cx).is_pending());
      EXPECT_EQ(t.destroyed, 0);
    }
    expect_all_destroyed(t, levels + 1);
  });
}

TEST(chain, levels_that_are_half_finished_are_cancelled_once_each) {
  on_small_stack(small_stack, [] {
    tower t;
    {
      auto future = into_future(waiting(t, levels, levels / 2));
      context cx(waker::noop());
      EXPECT_TRUE(future.poll(cx).is_pending());
      EXPECT_TRUE(future.poll(cx).is_pending());
      EXPECT_EQ(t.destroyed, levels / 2);
    }
    expect_all_destroyed(t, levels + 1);
  });
}

TEST(chain, a_tower_that_was_never_polled_makes_no_frames) {
  tower t;
  {
    auto future = into_future(waiting(t, levels, 0));
  }
  EXPECT_EQ(t.made, 0);
}

TEST(chain, an_exception_climbs_a_hundred_thousand_levels_in_a_small_stack) {
  on_small_stack(small_stack, [] {
    tower t;
    int caught = 0;
    try {
      drive(throwing(t, levels));
    } catch (int thrown) {
      caught = thrown;
    }
    EXPECT_EQ(caught, 42);
    expect_all_destroyed(t, levels + 1);
  });
}

TEST(chain, an_error_leaves_a_hundred_thousand_levels_in_a_small_stack) {
  on_small_stack(small_stack, [] {
    tower t;
    const outcome got = drive(leaving(t, levels));
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error(), 9);
    expect_all_destroyed(t, levels + 1);
  });
}

TEST(chain, a_moved_future_goes_on_where_it_was) {
  tower t;
  auto first = into_future(completing(t, 40));
  context cx(waker::noop());
  EXPECT_TRUE(first.poll(cx).is_pending());
  auto second = std::move(first);
  auto polled = second.poll(cx);
  ASSERT_TRUE(polled.is_ready());
  EXPECT_EQ(polled.value(), 41);
  expect_all_destroyed(t, 41);
}

TEST(chain, a_moved_future_that_is_dropped_is_cancelled_once) {
  tower t;
  {
    auto first = into_future(waiting(t, 40, 0));
    context cx(waker::noop());
    EXPECT_TRUE(first.poll(cx).is_pending());
    auto second = std::move(first);
    EXPECT_EQ(t.destroyed, 0);
  }
  expect_all_destroyed(t, 41);
}

TEST(chain, frames_tell_the_line_of_each_await_innermost_first) {
  tower t;
  auto future = into_future(waiting(t, 2, 0));
  context cx(waker::noop());
  EXPECT_TRUE(future.poll(cx).is_pending());
  std::vector<await_frame> frames;
  future.for_each_frame([&](const await_frame& frame) { frames.push_back(frame); });
  ASSERT_EQ(frames.size(), 3u);
  for (const await_frame& frame : frames) {
    EXPECT_NE(std::string_view(frame.function_name()).find("waiting"), std::string_view::npos);
    EXPECT_NE(std::string_view(frame.file_name()).find("chain_test.cpp"), std::string_view::npos);
  }
  EXPECT_EQ(frames[1].line(), frames[2].line());
  EXPECT_EQ(frames[0].line(), frames[1].line() + 1);
}

TEST(chain, a_finished_future_refuses_another_poll) {
  auto future = into_future(immediate());
  context cx(waker::noop());
  EXPECT_TRUE(future.poll(cx).is_ready());
  try {
    (void)future.poll(cx);
    FAIL() << "polled twice";
  } catch (const usage_error& error) {
    EXPECT_EQ(error.code(), usage::awaited_twice);
  }
}

}  // namespace
}  // namespace edo::tests
