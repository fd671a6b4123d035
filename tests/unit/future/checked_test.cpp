// What the checked build reports (EDO_CHECKED); in the others the same misuse is silent.
#include "edo/base/error.hpp"
#include "edo/future/async_block.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/future/select.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <string>

namespace edo::tests {
namespace {

constexpr unsigned long expected = detail::checked_build ? 1 : 0;

async<int> immediate(int value) { co_return value; }

TEST(checked, a_coroutine_that_was_never_awaited_is_reported) {
  const unsigned long before = lint_count(usage::never_awaited);
  {
    const auto forgotten = immediate(1);
  }
  EXPECT_EQ(lint_count(usage::never_awaited) - before, expected);
}

async<int> awaits_some() {
  const int a = co_await immediate(1);
  auto lvalue = immediate(2);
  const int b = co_await lvalue;
  co_return a + b;
}

TEST(checked, what_was_awaited_or_handed_on_is_not_reported) {
  const unsigned long before = lint_count(usage::never_awaited);
  EXPECT_EQ(drive(awaits_some()), 3);
  {
    const auto future = into_future(immediate(1));
  }  // its owner decided not to poll it
  {
    const auto both = join(immediate(1), immediate(2));
  }  // nor this one
  {
    const auto first = select(immediate(1), immediate(2));
  }
  EXPECT_EQ(lint_count(usage::never_awaited) - before, 0u);
}

TEST(checked, a_block_that_is_moved_after_its_first_poll_is_reported) {
  const unsigned long before = lint_count(usage::moved_after_poll);
  auto block = async_block([]() -> async<int> {
    const int got = co_await self_wake{1, 1};
    co_return got;
  });
  context cx(waker::noop());
  EXPECT_TRUE(block.poll(cx).is_pending());
  auto moved = std::move(block);
  EXPECT_EQ(lint_count(usage::moved_after_poll) - before, expected);
}

async<void> moves_a_select() {
  auto racing = select(into_future(immediate(1)), pending_forever<int>());
  static_cast<void>(co_await racing);
  auto after_its_end = std::move(racing);
  auto polling = join(self_wake{1, 1}, ready(2));
  auto unfinished = select(polling, ready(3));
  static_cast<void>(co_await unfinished);
  auto moved = std::move(polling);
  auto [one, two] = co_await moved;
  EXPECT_EQ(one, 1);
  EXPECT_EQ(two, 2);
}

TEST(checked, a_combinator_that_is_moved_between_its_first_poll_and_its_end_is_reported) {
  const unsigned long before = lint_count(usage::moved_after_poll);
  testing::internal::CaptureStderr();
  // The select begins at a random branch: the join has been polled in one of these.
  for (int i = 0; i < 64; ++i) drive(moves_a_select());
  const std::string said = testing::internal::GetCapturedStderr();
  const unsigned long reported = lint_count(usage::moved_after_poll) - before;
  if constexpr (detail::checked_build) {
    EXPECT_GT(reported, 0u);
    EXPECT_LT(reported, 65u);
    EXPECT_NE(said.find("EDO-E0006"), std::string::npos) << said;
    EXPECT_NE(said.find("(join)"), std::string::npos) << said;
    EXPECT_NE(said.find("checked_test.cpp"), std::string::npos) << said;
    EXPECT_NE(said.find("moves_a_select"), std::string::npos) << said;
  } else {
    EXPECT_EQ(reported, 0u);
    EXPECT_EQ(said, "");
  }
}

TEST(checked, a_join_that_is_moved_keeps_the_outputs_that_it_has) {
  context cx(waker::noop());
  auto both =
      join(ready(std::string("an output beyond the small buffer of strings")), self_wake{1, 5});
  EXPECT_TRUE(both.poll(cx).is_pending());
  auto moved = std::move(both);
  auto [text, number] = moved.poll(cx).value();
  EXPECT_EQ(text, "an output beyond the small buffer of strings");
  EXPECT_EQ(number, 5);
  try {
    static_cast<void>(both.poll(cx));
    ADD_FAILURE() << "polled after a move";
  } catch (const usage_error& error) {
    EXPECT_EQ(error.code(), usage::awaited_twice);
  }
}

async<usage> awaits_ready_twice() {
  auto value = ready(1);
  EXPECT_EQ(co_await value, 1);
  try {
    static_cast<void>(co_await value);
  } catch (const usage_error& error) {
    EXPECT_NE(error.where().line(), 0u);
    co_return error.code();
  }
  co_return usage{};
}

TEST(checked, a_second_await_of_ready_is_a_usage_error_with_its_line) {
  EXPECT_EQ(drive(awaits_ready_twice()), usage::awaited_twice);
}

}  // namespace
}  // namespace edo::tests
