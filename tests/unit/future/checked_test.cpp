// What the checked build reports (EDO_CHECKED); in the others the same misuse is silent.
#include "edo/future/async_block.hpp"
#include "edo/future/join.hpp"
#include "edo/future/select.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace edo::tests
