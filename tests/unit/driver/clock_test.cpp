#include "driver/clock.hpp"

#include "edo/base/lock.hpp"

#include <gtest/gtest.h>

namespace {

using edo::detail::clock_source;
using edo::detail::saturating_add;
using edo::detail::saturating_sub;

TEST(clock_source, runs_with_the_monotonic_clock) {
  const clock_source clock;
  const std::int64_t before = edo::detail::monotonic_now_ns();
  const std::int64_t now = clock.now_ns();
  EXPECT_GE(now, before);
  EXPECT_LE(now, edo::detail::monotonic_now_ns());
  EXPECT_FALSE(clock.is_paused());
}

TEST(clock_source, stands_still_while_paused_and_moves_by_what_it_is_told) {
  clock_source clock;
  clock.pause();
  const std::int64_t frozen = clock.now_ns();
  EXPECT_TRUE(clock.is_paused());
  EXPECT_EQ(clock.now_ns(), frozen);
  clock.advance(1);
  EXPECT_EQ(clock.now_ns(), frozen + 1);
  clock.advance(INT64_MAX);
  EXPECT_EQ(clock.now_ns(), INT64_MAX);
}

TEST(clock_source, goes_on_from_where_it_stood_and_can_be_paused_again) {
  clock_source clock;
  clock.pause();
  clock.advance(1'000'000'000'000);
  const std::int64_t frozen = clock.now_ns();
  clock.resume();
  EXPECT_FALSE(clock.is_paused());
  EXPECT_GE(clock.now_ns(), frozen);
  clock.pause();
  EXPECT_GE(clock.now_ns(), frozen);
}

TEST(clock_source, misuse_ends_the_program) {
  clock_source clock;
  EXPECT_DEATH(clock.resume(), "is_paused");
  EXPECT_DEATH(clock.advance(1), "is_paused");
  clock.pause();
  EXPECT_DEATH(clock.pause(), "is_paused");
}

TEST(saturating, sums_and_differences_stay_within_the_range) {
  EXPECT_EQ(saturating_add(1, 2), 3);
  EXPECT_EQ(saturating_add(INT64_MAX, 1), INT64_MAX);
  EXPECT_EQ(saturating_add(INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(saturating_sub(1, 2), -1);
  EXPECT_EQ(saturating_sub(INT64_MIN, 1), INT64_MIN);
  EXPECT_EQ(saturating_sub(1, INT64_MIN), INT64_MAX);
}

}  // namespace
