#include "edo/time/instant.hpp"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <ratio>

namespace {

using namespace std::chrono_literals;
using edo::instant;
using edo::saturating_add;
using edo::saturating_sub;
using edo::detail::to_ns;

constexpr std::int64_t ns_max = INT64_MAX;
constexpr std::int64_t ns_min = INT64_MIN;

TEST(clock, is_a_standard_clock_that_never_goes_back) {
  static_assert(std::chrono::is_clock_v<edo::clock>);
  static_assert(edo::clock::is_steady);
  const instant before = edo::clock::now();
  EXPECT_LE(before, edo::clock::now());
  EXPECT_GT(before, instant{});
}

TEST(to_ns, converts_exactly_within_the_range) {
  EXPECT_EQ(to_ns(0s), 0);
  EXPECT_EQ(to_ns(5ms), 5'000'000);
  EXPECT_EQ(to_ns(-5us), -5'000);
  EXPECT_EQ(to_ns(std::chrono::hours(2'562'047)), 2'562'047LL * 3'600'000'000'000LL);
  EXPECT_EQ(to_ns(std::chrono::duration<std::uint8_t, std::milli>(200)), 200'000'000);
  EXPECT_EQ(to_ns(std::chrono::duration<double>(1.5)), 1'500'000'000);
}

TEST(to_ns, saturates_beyond_the_range) {
  EXPECT_EQ(to_ns(std::chrono::nanoseconds::max()), ns_max);
  EXPECT_EQ(to_ns(std::chrono::milliseconds::max()), ns_max);
  EXPECT_EQ(to_ns(std::chrono::hours::max()), ns_max);
  EXPECT_EQ(to_ns(std::chrono::hours::min()), ns_min);
  EXPECT_EQ(to_ns(std::chrono::duration<std::int64_t, std::ratio<31'556'952>>::max()), ns_max);
  EXPECT_EQ(to_ns(std::chrono::duration<std::uint64_t, std::milli>(UINT64_MAX)), ns_max);
  EXPECT_EQ(to_ns(std::chrono::duration<double>(1e300)), ns_max);
  EXPECT_EQ(to_ns(std::chrono::duration<double>(-1e300)), ns_min);
  EXPECT_EQ(to_ns(std::chrono::duration<float>::max()), ns_max);
  EXPECT_EQ(to_ns(std::chrono::duration<double>(std::numeric_limits<double>::infinity())), ns_max);
}

TEST(to_ns, takes_what_is_not_a_number_for_no_time) {
  EXPECT_EQ(to_ns(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())), 0);
}

TEST(to_ns, rounds_finer_durations_up_so_that_nothing_is_early) {
  using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
  EXPECT_EQ(to_ns(picoseconds(1)), 1);
  EXPECT_EQ(to_ns(picoseconds(1000)), 1);
  EXPECT_EQ(to_ns(picoseconds(1001)), 2);
  EXPECT_EQ(to_ns(picoseconds(-1)), 0);
  EXPECT_EQ(to_ns(std::chrono::duration<std::int64_t, std::ratio<1, 3>>(1)), 333'333'334);
  EXPECT_EQ(to_ns(std::chrono::duration<double, std::nano>(0.25)), 1);
}

TEST(saturating_add, stays_within_the_range_of_instants) {
  const instant now = edo::clock::now();
  EXPECT_EQ(saturating_add(now, 1s), now + 1s);
  EXPECT_EQ(saturating_add(now, -1s), now - 1s);
  EXPECT_EQ(saturating_add(now, std::chrono::hours::max()), instant::max());
  EXPECT_EQ(saturating_add(instant::max(), 1ns), instant::max());
  EXPECT_EQ(saturating_add(instant::min(), -1ns), instant::min());
  EXPECT_EQ(saturating_add(instant::min(), std::chrono::nanoseconds::max()), instant::max());
}

TEST(saturating_sub, stays_within_the_range_of_durations) {
  const instant now = edo::clock::now();
  EXPECT_EQ(saturating_sub(now + 5ns, now), 5ns);
  EXPECT_EQ(saturating_sub(now, now + 5ns), -5ns);
  EXPECT_EQ(saturating_sub(instant::max(), instant::min()), std::chrono::nanoseconds::max());
  EXPECT_EQ(saturating_sub(instant::min(), instant::max()), std::chrono::nanoseconds::min());
}

TEST(to_instant, keeps_a_point_of_its_own_clock) {
  const instant now = edo::clock::now();
  EXPECT_EQ(edo::to_instant(now), now);
  EXPECT_EQ(edo::to_instant(instant::max()), instant::max());
  const std::chrono::time_point<edo::clock, std::chrono::seconds> coarse(5s);
  EXPECT_EQ(edo::to_instant(coarse), instant(5s));
}

TEST(to_instant, puts_a_point_of_another_clock_as_far_ahead_as_it_is) {
  const instant before = edo::clock::now();
  const instant steady = edo::to_instant(std::chrono::steady_clock::now() + 1h);
  const instant system = edo::to_instant(std::chrono::system_clock::now() + 1h);
  const instant after = edo::clock::now();
  EXPECT_GE(steady, before + 1h - 1s);
  EXPECT_LE(steady, after + 1h);
  EXPECT_GT(system, before);  // the wall clock may be set at any moment
  EXPECT_EQ(edo::to_instant(std::chrono::steady_clock::time_point::max()), instant::max());
}

}  // namespace
