// The guards on what a coroutine borrows: what may be handed to a task, and what may not.
#include "edo/base/error.hpp"
#include "edo/future/async_block.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>

namespace edo::tests {
namespace {

/// The code with which handing `future` over is refused, or 0.
template <class T>
int refusal(const async<T>& future) {
  try {
    detail::require_spawnable(future, std::source_location::current());
    return 0;
  } catch (const usage_error& error) {
    const std::string_view text(error.what());
    EXPECT_NE(text.find("lifetime_test.cpp"), std::string_view::npos) << text;
    return static_cast<int>(error.code());
  }
}

async<int> by_value(int a, std::string b) { co_return a + static_cast<int>(b.size()); }
async<int> by_rvalue(std::string&& s) { co_return static_cast<int>(s.size()); }
async<int> by_view(std::string_view s) { co_return static_cast<int>(s.size()); }
async<int> by_span(std::span<const int> s) { co_return static_cast<int>(s.size()); }
async<int> by_const_reference(const std::string& s) { co_return static_cast<int>(s.size()); }

struct server {
  async<int> method(int x) { co_return x + value; }
  async<int> const_method() const { co_return value; }
  async<int> view_method(std::string_view s) { co_return static_cast<int>(s.size()); }
  int value = 1;
};

// Templates that are handed a closure by reference look like the closure's own call.
template <class F>
async<int> run_closure(F& f) {
  co_return f();
}
template <class F>
async<int> run_const_closure(const F& f) {
  co_return f();
}
template <class F>
async<int> run_async_closure(const F& f) {
  const int got = co_await f();
  co_return got;
}

TEST(lifetime, owning_coroutines_may_be_spawned) {
  EXPECT_EQ(refusal(by_value(1, "x")), 0);
  const auto plain = [](int x) -> async<int> { co_return x; };
  EXPECT_EQ(refusal(plain(1)), 0);
  const auto generic = [](auto x) -> async<int> { co_return x; };
  EXPECT_EQ(refusal(generic(1)), 0);
}

TEST(lifetime, rvalue_and_view_parameters_are_refused) {
  EXPECT_EQ(refusal(by_rvalue(std::string("x"))), 2);
  EXPECT_EQ(refusal(by_view("x")), 3);
  EXPECT_EQ(refusal(by_span({})), 3);
  server s;
  EXPECT_EQ(refusal(s.view_method("x")), 3);
  const auto view = [](std::string_view v) -> async<int> { co_return static_cast<int>(v.size()); };
  EXPECT_EQ(refusal(view("x")), 3);
}

TEST(lifetime, members_and_const_references_pass_outside_the_strict_mode) {
  server s;
  EXPECT_EQ(refusal(s.method(1)), 0);
  EXPECT_EQ(refusal(s.const_method()), 0);
  EXPECT_EQ(refusal(by_const_reference("x")), 0);
}

TEST(lifetime, lambda_coroutines_with_captures_are_refused) {
  int x = 3;
  const auto plain = [x]() -> async<int> { co_return x; };
  EXPECT_EQ(refusal(plain()), 1);
  auto changing = [x]() mutable -> async<int> { co_return ++x; };
  EXPECT_EQ(refusal(changing()), 1);
  const auto generic = [x](auto y) -> async<int> { co_return x + y; };
  EXPECT_EQ(refusal(generic(1)), 1);
  const auto by_ref = [&x]() -> async<int> { co_return x; };
  EXPECT_EQ(refusal(by_ref()), 1);
}

TEST(lifetime, a_function_that_is_handed_a_closure_is_not_taken_for_it) {
  int x = 3;
  auto counts = [x]() mutable { return ++x; };
  EXPECT_EQ(refusal(run_closure(counts)), 0);
  const auto reads = [x] { return x; };
  EXPECT_EQ(refusal(run_const_closure(reads)), 0);
  EXPECT_EQ(drive(run_const_closure(reads)), 3);
  const auto forwards = [x] { return by_value(x, ""); };
  EXPECT_EQ(refusal(run_async_closure(forwards)), 0);
  EXPECT_EQ(drive(run_async_closure(forwards)), 3);
}

async<int> awaits_borrowing() {
  const int x = 4;
  const auto closure = [x]() -> async<int> {
    (void)co_await self_wake{};
    co_return x;
  };
  const int a = co_await closure();
  const int b = co_await by_view("abc");
  co_return a + b;
}

TEST(lifetime, plain_co_await_of_borrowing_coroutines_stays_legal) {
  EXPECT_EQ(drive(awaits_borrowing()), 7);
}

async<int> awaits_block() {
  auto block = async_block(
      [text = std::string("a long text that does not fit a small buffer")](
          std::string more) -> async<int> {
        (void)co_await self_wake{};
        co_return static_cast<int>(text.size() + more.size());
      },
      std::string("more"));
  const int got = co_await block;
  co_return got;
}

TEST(lifetime, async_block_keeps_the_closure_and_the_arguments) {
  EXPECT_EQ(drive(awaits_block()), 48);
}

async<int> block_around_foreign_closure() {
  int x = 1;
  const auto inner = [x]() -> async<int> { co_return x; };
  auto block = async_block([inner] { return inner(); });
  int code = 0;
  try {
    (void)co_await block;
  } catch (const usage_error& error) {
    code = static_cast<int>(error.code());
  }
  co_return code;
}

TEST(lifetime, async_block_refuses_a_closure_that_it_does_not_keep) {
  EXPECT_EQ(drive(block_around_foreign_closure()), 1);
}

}  // namespace
}  // namespace edo::tests
