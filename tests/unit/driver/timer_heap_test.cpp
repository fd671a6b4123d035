#include "driver/timer_heap.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace {

using edo::detail::timer_entry;
using edo::detail::timer_heap;

TEST(timer_heap, gives_the_entries_in_the_order_of_their_deadlines) {
  timer_heap heap;
  timer_entry c(30), a(10), b(20), d(INT64_MAX), z(INT64_MIN);
  for (timer_entry* e : {&c, &a, &d, &b, &z}) heap.push(*e);
  for (timer_entry* e : {&z, &a, &b, &c, &d}) {
    EXPECT_EQ(heap.first(), e);
    EXPECT_EQ(heap.pop(), e);
  }
  EXPECT_EQ(heap.first(), nullptr);
  EXPECT_EQ(heap.pop(), nullptr);
}

TEST(timer_heap, an_entry_that_was_taken_out_can_go_in_again) {
  timer_heap heap;
  timer_entry a(1), b(2);
  heap.push(a);
  heap.push(b);
  heap.erase(a);
  EXPECT_EQ(heap.first(), &b);
  heap.push(a);
  EXPECT_EQ(heap.pop(), &a);
  heap.erase(b);
  EXPECT_EQ(heap.first(), nullptr);
}

TEST(timer_heap, holds_many_rising_and_falling_deadlines_without_recursion) {
  timer_heap heap;
  std::vector<std::unique_ptr<timer_entry>> entries;
  constexpr std::int64_t half = 100'000;
  for (std::int64_t i = 0; i < half; ++i) {
    entries.push_back(std::make_unique<timer_entry>(i));
    entries.push_back(std::make_unique<timer_entry>(-i - 1));
  }
  for (auto& e : entries) heap.push(*e);
  for (std::int64_t at = -half; at < half; ++at) ASSERT_EQ(heap.pop()->deadline_ns(), at);
}

// A sorted set is the oracle for random operations.
TEST(timer_heap, agrees_with_a_sorted_set_over_random_operations) {
  constexpr unsigned seed = 20'240'611;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  timer_heap heap;
  std::set<std::pair<std::int64_t, timer_entry*>> oracle;
  std::vector<std::unique_ptr<timer_entry>> owned;
  for (int step = 0; step < 200'000; ++step) {
    const unsigned choice = random() % 8;
    if (choice < 4 || oracle.empty()) {
      owned.push_back(std::make_unique<timer_entry>(static_cast<std::int64_t>(random() % 1000)));
      heap.push(*owned.back());
      oracle.emplace(owned.back()->deadline_ns(), owned.back().get());
    } else if (choice < 6) {
      timer_entry* popped = heap.pop();
      ASSERT_NE(popped, nullptr);
      ASSERT_EQ(popped->deadline_ns(), oracle.begin()->first);
      ASSERT_EQ(oracle.erase({popped->deadline_ns(), popped}), 1U);
    } else {
      auto chosen = oracle.lower_bound({static_cast<std::int64_t>(random() % 1000), nullptr});
      if (chosen == oracle.end()) chosen = oracle.begin();
      heap.erase(*chosen->second);
      oracle.erase(chosen);
    }
    ASSERT_EQ(heap.first() == nullptr, oracle.empty());
    if (!oracle.empty()) {
      ASSERT_EQ(heap.first()->deadline_ns(), oracle.begin()->first);
    }
  }
}

}  // namespace
