#include "edo/future/poll.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace edo::tests {
namespace {

struct immovable {
  explicit immovable(int n) : number(n) {}
  immovable(const immovable&) = delete;
  immovable& operator=(const immovable&) = delete;
  int number;
};

struct base {
  virtual ~base() = default;
};
struct derived : base {};

poll_result<int> gives(int value) { return value; }
poll_result<int> waits() { return pending; }

TEST(poll_result, a_value_converts_to_ready) {
  const poll_result<int> polled = gives(3);
  EXPECT_TRUE(polled.is_ready());
  EXPECT_FALSE(polled.is_pending());
  EXPECT_EQ(polled.value(), 3);
}

TEST(poll_result, pending_converts_to_every_kind) {
  EXPECT_TRUE(waits().is_pending());
  EXPECT_TRUE(poll_result<void>(pending).is_pending());
  EXPECT_TRUE(poll_result<int&>(pending).is_pending());
  EXPECT_TRUE(poll_result<std::unique_ptr<int>>(pending).is_pending());
}

TEST(poll_result, done_is_ready_for_void_alone) {
  const poll_result<void> polled = done;
  EXPECT_TRUE(polled.is_ready());
  EXPECT_FALSE((std::is_convertible_v<done_t, poll_result<int>>));
  EXPECT_FALSE((std::is_convertible_v<int, poll_result<void>>));
}

TEST(poll_result, moves_its_value_out) {
  poll_result<std::unique_ptr<int>> polled = std::make_unique<int>(4);
  const std::unique_ptr<int> value = std::move(polled).value();
  EXPECT_EQ(*value, 4);
}

TEST(poll_result, builds_a_value_in_place) {
  const poll_result<immovable> polled(std::in_place, 9);
  EXPECT_EQ(polled.value().number, 9);
}

TEST(poll_result, a_value_of_a_convertible_type_converts) {
  const poll_result<std::string> text = "text";
  EXPECT_EQ(text.value(), "text");
  const poll_result<std::optional<int>> none = std::nullopt;
  EXPECT_TRUE(none.is_ready());
  EXPECT_FALSE(none.value().has_value());
  const poll_result<std::shared_ptr<base>> up = std::make_shared<derived>();
  EXPECT_NE(up.value(), nullptr);
}

TEST(poll_result, a_false_value_is_ready) {
  EXPECT_TRUE(poll_result<bool>(false).is_ready());
  EXPECT_TRUE(poll_result<int*>(nullptr).is_ready());
}

TEST(poll_result, a_reference_is_the_same_object) {
  int number = 1;
  const poll_result<int&> polled = number;
  polled.value() = 2;
  EXPECT_EQ(number, 2);
}

TEST(poll_result, map_changes_a_ready_value) {
  const poll_result<std::string> text = gives(12).map([](int n) { return std::to_string(n); });
  EXPECT_EQ(text.value(), "12");
}

TEST(poll_result, map_does_not_call_the_function_when_pending) {
  int calls = 0;
  const poll_result<int> polled = waits().map([&calls](int n) {
    ++calls;
    return n;
  });
  EXPECT_TRUE(polled.is_pending());
  EXPECT_EQ(calls, 0);
}

TEST(poll_result, map_to_void_is_done) {
  int seen = 0;
  const poll_result<void> polled = gives(5).map([&seen](int n) { seen = n; });
  EXPECT_TRUE(polled.is_ready());
  EXPECT_EQ(seen, 5);
}

TEST(poll_result, map_hands_a_move_only_value_on) {
  poll_result<std::unique_ptr<int>> polled = std::make_unique<int>(6);
  const poll_result<int> number =
      std::move(polled).map([](std::unique_ptr<int> value) { return *value; });
  EXPECT_EQ(number.value(), 6);
}

TEST(poll_result, works_at_compile_time) {
  constexpr poll_result<int> ready_one = 1;
  constexpr poll_result<int> none = pending;
  static_assert(ready_one.is_ready() && ready_one.value() == 1);
  static_assert(none.is_pending());
  SUCCEED();
}

}  // namespace
}  // namespace edo::tests
