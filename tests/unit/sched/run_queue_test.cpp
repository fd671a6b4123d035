#include "sched/run_queue.hpp"

#include <gtest/gtest.h>

namespace {

using edo::detail::run_queue;
using edo::detail::task_header;

constexpr edo::detail::task_ops no_ops{};

struct bare_task : task_header {
  bare_task() : task_header(no_ops, std::source_location::current()) {}
};

TEST(run_queue, gives_tasks_in_order) {
  run_queue queue;
  bare_task a;
  bare_task b;
  EXPECT_TRUE(queue.empty());
  queue.push(a);
  queue.push(b);
  EXPECT_EQ(queue.pop(), &a);
  queue.push(a);
  EXPECT_EQ(queue.pop(), &b);
  EXPECT_EQ(queue.pop(), &a);
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_TRUE(queue.empty());
}

TEST(run_queue, append_moves_all_to_the_end) {
  run_queue first;
  run_queue second;
  bare_task a;
  bare_task b;
  bare_task c;
  first.append(second);
  EXPECT_TRUE(first.empty());
  second.push(b);
  first.append(second);
  EXPECT_TRUE(second.empty());
  second.push(c);
  first.append(second);
  first.push(a);
  EXPECT_EQ(first.pop(), &b);
  EXPECT_EQ(first.pop(), &c);
  EXPECT_EQ(first.pop(), &a);
  EXPECT_TRUE(first.empty());
}

}  // namespace
