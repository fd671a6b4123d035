#include "edo/future/async_block.hpp"

#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/manual.hpp"
#include "edo/test/scripted.hpp"
#include "edo/test/task.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace edo::tests {
namespace {

async<std::size_t> length_of(std::string text) {
  co_await test::done_after(1);
  co_return text.size();
}

TEST(async_block, calls_nothing_before_the_first_poll_and_then_once) {
  int calls = 0;
  auto task = test::spawn(async_block([&calls]() -> async<int> {
    ++calls;
    co_await test::done_after(1);
    co_return calls;
  }));
  EXPECT_EQ(calls, 0);
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_READY_EQ(task.poll(), 1);
}

TEST(async_block, keeps_the_captures_alive_across_suspensions) {
  const std::string text(1000, 'x');
  auto task = test::spawn(async_block([text]() -> async<std::size_t> {
    co_await test::done_after(2);
    co_return text.size();
  }));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 1000);
}

TEST(async_block, keeps_a_closure_given_as_an_lvalue_by_copy) {
  test::manual<int> source;
  auto task = [&source] {
    auto shared = std::make_shared<int>(3);
    const auto closure = [shared](test::manual_future<int> value) -> async<int> {
      const int got = co_await value;
      co_return got + *shared;
    };
    return test::spawn(async_block(closure, source.future()));
  }();
  EDO_CHECK_PENDING(task.poll());
  source.fire(4);
  EDO_CHECK_READY_EQ(task.poll(), 7);
}

TEST(async_block, hands_the_arguments_over_by_value) {
  std::string text = "four";
  auto task = test::spawn(async_block(length_of, text));
  text = "changed";
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 4);
}

TEST(async_block, takes_move_only_closures_and_arguments) {
  auto task = test::spawn(async_block(
      [one = std::make_unique<int>(1)](std::unique_ptr<int> two) -> async<int> {
        co_await test::done_after(1);
        co_return *one + *two;
      },
      std::make_unique<int>(2)));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 3);
}

TEST(async_block, dropped_half_way_destroys_the_frame_before_the_closure) {
  test::drop_counter drops;
  auto task = test::spawn(async_block(
      [token = drops.make("closure"), &drops](test::drop_counter::token) -> async<void> {
        const auto local = drops.make("local");
        co_await pending_forever();
      },
      drops.make("argument")));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(drops.live(), 3u);
  task.drop();
  EXPECT_EQ(drops.order(), "local,argument,closure");
}

TEST(async_block, dropped_before_the_first_poll_destroys_closure_and_arguments_once) {
  test::drop_counter drops;
  {
    auto block =
        async_block([token = drops.make()](test::drop_counter::token) -> async<void> { co_return; },
                    drops.make());
    const auto moved = std::move(block);
    EXPECT_EQ(drops.drops(), 0u);
  }
  EXPECT_EQ(drops.drops(), 2u);
}

TEST(async_block, an_exception_of_the_call_comes_out_of_the_first_poll) {
  auto task = test::spawn(async_block(
      [](int n) -> async<int> {
        if (n < 0) throw std::invalid_argument("negative");
        return []() -> async<int> { co_return 1; }();
      },
      -1));
  EXPECT_THROW((void)task.poll(), std::invalid_argument);
}

TEST(async_block, an_exception_of_the_body_comes_out_of_its_poll) {
  auto task = test::spawn(async_block([]() -> async<int> {
    co_await test::done_after(1);
    throw std::runtime_error("body");
  }));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_THROW((void)task.poll(), std::runtime_error);
}

TEST(async_block, takes_a_callable_that_gives_any_future) {
  auto task = test::spawn(async_block([](int n) { return test::ready_after(1, n); }, 6));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 6);
}

struct counter {
  int value = 0;
  async<int> advance(int by) {
    co_await test::done_after(1);
    value += by;
    co_return value;
  }
};

TEST(async_block, takes_a_member_through_a_closure_over_its_owner) {
  auto owner = std::make_shared<counter>();
  auto task = test::spawn(async_block([owner] { return owner->advance(4); }));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 4);
}

TEST(async_block, gives_a_reference) {
  int number = 0;
  auto task = test::spawn(async_block([&number]() -> async<int&> { co_return number; }));
  EXPECT_EQ(&EDO_CHECK_READY(task.poll()), &number);
}

async<int> awaits_a_block() {
  auto block = async_block([text = std::string("three")]() -> async<std::size_t> {
    co_await test::done_after(1);
    co_return text.size();
  });
  const std::size_t size = co_await block;
  co_return static_cast<int>(size);
}

TEST(async_block, is_awaited_as_an_lvalue) {
  auto task = test::spawn(awaits_a_block());
  EDO_CHECK_READY_EQ(task.poll_until_idle(), 5);
}

TEST(async_block, runs_beside_others_in_a_join) {
  int order = 0;
  const auto numbered = [&order]() -> async<int> {
    co_await test::done_after(1);
    co_return ++order;
  };
  auto task = test::spawn(join(async_block(numbered), async_block(numbered)));
  const auto [a, b] = EDO_CHECK_READY(task.poll_until_idle());
  EXPECT_EQ(a + b, 3);
}

TEST(async_block, one_in_another_keeps_both_closures) {
  auto task = test::spawn(async_block([text = std::string("outer")]() -> async<std::string> {
    auto inner = async_block([text]() -> async<std::string> {
      co_await test::done_after(1);
      co_return text + " inner";
    });
    std::string got = co_await inner;
    co_return got + " " + text;
  }));
  EDO_CHECK_READY_EQ(task.poll_until_idle(), "outer inner outer");
}

TEST(async_block, tells_whether_it_holds_a_closure_that_g_plus_plus_12_must_not_see) {
  const std::string text;
  const auto lvalue = [text]() -> async<void> { co_return; };
  EXPECT_FALSE(holds_closure<decltype(async_block(lvalue))>);
  EXPECT_TRUE(holds_closure<decltype(async_block([text]() -> async<void> { co_return; }))>);
  EXPECT_TRUE((
      holds_closure<decltype(join(ready(), async_block([text]() -> async<void> { co_return; })))>));
  EXPECT_FALSE(holds_closure<decltype(async_block(length_of, text))>);
}

}  // namespace
}  // namespace edo::tests
