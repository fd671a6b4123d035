#include "runtime/processors.hpp"

#include <gtest/gtest.h>

namespace {

using namespace edo::detail;

TEST(processors, there_is_at_least_one) {
  EXPECT_GE(available_processors(), 1U);
  EXPECT_LE(available_processors(), workers_max);
}

TEST(processors, a_quota_is_rounded_up) {
  EXPECT_EQ(parse_cpu_max("50000 100000\n"), 1U);
  EXPECT_EQ(parse_cpu_max("100000 100000\n"), 1U);
  EXPECT_EQ(parse_cpu_max("250000 100000\n"), 3U);
  EXPECT_EQ(parse_cpu_max("200000 100000"), 2U);
}

TEST(processors, no_quota_or_nonsense_sets_no_limit) {
  EXPECT_EQ(parse_cpu_max("max 100000\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max(""), std::nullopt);
  EXPECT_EQ(parse_cpu_max("1000"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("1000 0\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("0 1000\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("-1 1000\n"), std::nullopt);
}

TEST(processors, the_path_is_that_of_cgroup_v2) {
  EXPECT_EQ(parse_cgroup_path("0::/user.slice/session\n"), "/user.slice/session");
  EXPECT_EQ(parse_cgroup_path("0::/\n"), "");
  EXPECT_EQ(parse_cgroup_path("12:cpu:/a\n0::/b"), "/b");
  EXPECT_EQ(parse_cgroup_path("12:cpu:/a\n"), std::nullopt);
  EXPECT_EQ(parse_cgroup_path(""), std::nullopt);
}

TEST(processors, a_worker_count_is_a_number_in_range) {
  EXPECT_EQ(parse_worker_count("1"), 1U);
  EXPECT_EQ(parse_worker_count("32768"), 32768U);
  for (const char* bad : {"", "0", "32769", "-3", "4x", " 4", "4 ", "0x4", "+4"}) {
    EXPECT_EQ(parse_worker_count(bad), std::nullopt) << bad;
  }
}

}  // namespace
