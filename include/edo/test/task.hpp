/// Polls one future by hand: the smallest executor, for tests.
#pragma once

#include "edo/future/async.hpp"
#include "edo/future/async_block.hpp"
#include "edo/future/block_on.hpp"
#include "edo/test/check.hpp"
#include "edo/test/mock_waker.hpp"

#include <concepts>
#include <memory>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

namespace edo::inline v0::test {

/// A future under test with a waker of its own: nothing runs but in `poll()`.
///
/// Threads: `poll`, `enter` and `drop` by one thread at a time; wakes and counts from any.
/// Movable at any time: the future stays where it is. Allocation: two a task.
/// Source: `tokio_test::task::Spawn`.
template <future F>
class [[nodiscard]] spawned {
 public:
  using output = output_of<F>;

  explicit spawned(F&& polled) : future_(std::make_unique<F>(std::move(polled))) {}

  /// Polls the future once. Forgets first that it was woken: `is_woken()` afterwards tells of wakes
  /// during and after this poll. Errors: the future's; `check_failed` after `drop()`.
  poll_result<output> poll(std::source_location where = std::source_location::current()) {
    ++polls_;
    return enter([](context& cx, F& polled) { return polled.poll(cx); }, where);
  }

  /// Polls while the future wakes itself: until it is ready, or pending and not woken.
  /// Errors: `check_failed` if that takes more than `polls_max` polls.
  poll_result<output> poll_until_idle(
      unsigned polls_max = 1000, std::source_location where = std::source_location::current()) {
    for (unsigned n = 0; n < polls_max; ++n) {
      poll_result<output> polled = poll(where);
      if (polled.is_ready() || !is_woken()) return polled;
    }
    detail::fail("the future still wakes itself after " + std::to_string(polls_max) + " polls",
                 where);
  }

  /// Calls `fn(context&, F&)` as if in a poll of this task, for poll functions of another name.
  /// Not counted as a poll. Blocking waits inside are refused, as in every task.
  template <std::invocable<context&, F&> Fn>
  decltype(auto) enter(Fn&& fn, std::source_location where = std::source_location::current()) {
    if (future_ == nullptr) detail::fail("the future under test has been dropped", where);
    waker_.clear_woken();
    budget_left_ = budget_;
    const edo::detail::polling_scope polling;
    context cx(waker_.waker(), has_budget_ ? &budget_left_ : nullptr);
    return std::forward<Fn>(fn)(cx, *future_);
  }

  /// True if it was woken since the beginning of the last poll.
  [[nodiscard]] bool is_woken() const noexcept { return waker_.is_woken(); }
  /// All wakes so far, not coalesced.
  [[nodiscard]] unsigned wake_count() const noexcept { return waker_.wakes(); }
  /// How many clones of its waker are alive, in wait lists and the like; the task's own does not
  /// count: 0 means that nobody will wake it.
  [[nodiscard]] unsigned waker_ref_count() const noexcept { return waker_.live(); }
  [[nodiscard]] unsigned poll_count() const noexcept { return polls_; }

  /// Gives every poll from now on a cooperative budget of `units`; without, it is unlimited.
  void set_budget(unsigned units) noexcept {
    has_budget_ = true;
    budget_ = units;
  }
  /// What the last poll left of it.
  [[nodiscard]] unsigned budget_left() const noexcept { return budget_left_; }

  /// Destroys the future: cancels it. The waker and the counts stay.
  void drop() noexcept { future_.reset(); }
  [[nodiscard]] bool is_dropped() const noexcept { return future_ == nullptr; }

  /// The future, until it is dropped.
  [[nodiscard]] F& inner() noexcept { return *future_; }
  [[nodiscard]] const mock_waker& waker() const noexcept { return waker_; }

 private:
  mock_waker waker_;  // outlives the future
  std::unique_ptr<F> future_;
  unsigned polls_ = 0;
  unsigned budget_ = 0;
  unsigned budget_left_ = 0;
  bool has_budget_ = false;
};

/// A future to poll by hand: an lvalue is borrowed, an rvalue owned. Runs nothing.
template <awaitable F>
spawned<future_type<F>> spawn(F&& polled) {
  return spawned<future_type<F>>(into_future(std::forward<F>(polled)));
}

/// The same over `fn(args...)`, called at the first poll; the closure and the arguments are kept
/// beside the coroutine.
template <class Fn, class... Args>
  requires async_callable<Fn, Args...>
auto spawn(Fn&& fn, Args&&... args) {
  return test::spawn(async_block(std::forward<Fn>(fn), std::forward<Args>(args)...));
}

namespace detail {
template <class T>
void check_pending(const poll_result<T>& polled, const char* text, std::source_location where) {
  if (polled.is_pending()) return;
  std::string message = std::string(text) + " is pending: it is ready";
  if constexpr (!std::is_void_v<T>) message += " with " + shown(polled.value());
  fail(message, where);
}

template <class T>
T check_ready(poll_result<T>&& polled, const char* text, std::source_location where) {
  if (polled.is_pending()) fail(std::string(text) + " is ready: it is pending", where);
  if constexpr (!std::is_void_v<T>) return std::move(polled).value();
}
template <class T>
T check_ready(poll_result<T>& polled, const char* text, std::source_location where) {
  return check_ready(std::move(polled), text, where);
}

/// An integer that `std::cmp_equal` takes.
template <class T>
concept plain_integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                        !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                        !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T, class Expected>
bool equals(const T& value, const Expected& expected) {
  if constexpr (plain_integer<T> && plain_integer<Expected>) {
    return std::cmp_equal(value, expected);
  } else {
    return value == expected;
  }
}

template <class T, class Expected>
void check_ready_eq(const poll_result<T>& polled,
                    const Expected& expected,
                    const char* text,
                    std::source_location where) {
  if (polled.is_pending()) {
    fail(std::string(text) + " is ready with " + shown(expected) + ": it is pending", where);
  }
  if (!equals(polled.value(), expected)) {
    fail(std::string(text) + " is ready with " + shown(expected) + ": it is ready with " +
             shown(polled.value()),
         where);
  }
}

template <class Task>
void check_woken(const Task& task, const char* text, std::source_location where) {
  if (!task.is_woken()) fail(std::string(text) + " is woken: it is not", where);
}
}  // namespace detail

}  // namespace edo::inline v0::test

/// Checks that a `poll_result` is pending; throws `edo::test::check_failed` otherwise.
#define EDO_CHECK_PENDING(polled) \
  ::edo::test::detail::check_pending((polled), #polled, ::std::source_location::current())

/// Checks that a `poll_result` is ready, and gives its value.
#define EDO_CHECK_READY(polled) \
  ::edo::test::detail::check_ready((polled), #polled, ::std::source_location::current())

/// Checks that a `poll_result` is ready with a value that equals `expected`.
#define EDO_CHECK_READY_EQ(polled, expected)                         \
  ::edo::test::detail::check_ready_eq((polled), (expected), #polled, \
                                      ::std::source_location::current())

/// Checks that a `spawned` task or a `mock_waker` has been woken since its last poll.
#define EDO_CHECK_WOKEN(task) \
  ::edo::test::detail::check_woken((task), #task, ::std::source_location::current())
