/// The small futures: ready at once, never ready, and made of a function.
#pragma once

#include "edo/base/usage.hpp"
#include "edo/future/concepts.hpp"

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

/// Ready with a value at its first poll.
template <class T>
class [[nodiscard]] ready_future {
 public:
  using output = T;

  template <class U>
    requires std::constructible_from<T, U>
  explicit ready_future(std::in_place_t, U&& value)
      : value_(std::in_place, std::forward<U>(value)) {}

  poll_result<T> poll(context&) {
    if (!value_) [[unlikely]]
      detail::throw_usage(usage::awaited_twice, {}, "ready");
    poll_result<T> result(std::in_place, *std::move(value_));
    value_.reset();
    return result;
  }

 private:
  std::optional<T> value_;
};

template <>
class [[nodiscard]] ready_future<void> {
 public:
  using output = void;
  poll_result<void> poll(context&) noexcept { return done; }
};

/// A future that is ready with `value` at its first poll. It charges no budget.
/// Cancel safety: dropping it drops the value. Source: Rust's `std::future::ready`.
template <class T>
[[nodiscard]] ready_future<std::decay_t<T>> ready(T&& value) {
  return ready_future<std::decay_t<T>>(std::in_place, std::forward<T>(value));
}
[[nodiscard]] inline ready_future<void> ready() noexcept { return {}; }

/// Never ready, never woken.
template <class T = void>
class [[nodiscard]] pending_future {
 public:
  using output = T;
  poll_result<T> poll(context&) noexcept { return pending; }
};

/// A future that is never ready. Source: Rust's `std::future::pending`.
template <class T = void>
[[nodiscard]] constexpr pending_future<T> pending_forever() noexcept {
  return {};
}

/// A future whose poll is a function. `Fresh`: the function is a closure with a destructor.
template <class Fn, bool Fresh>
class [[nodiscard]] poll_fn_future {
 public:
  using output = typename std::invoke_result_t<Fn&, context&>::value_type;
  static constexpr bool holds_closure = Fresh;

  template <class G>
  explicit poll_fn_future(std::in_place_t, G&& fn) : fn_(std::forward<G>(fn)) {}

  poll_result<output> poll(context& cx) { return fn_(cx); }

 private:
  Fn fn_;
};

/// The future whose `poll(cx)` is `fn(cx)`; `fn` returns a `poll_result`.
/// It obeys the rules of a future: pending only after it has kept the waker.
/// Cancel safety: what `fn` makes of it. Source: Rust's `std::future::poll_fn`.
template <class Fn>
  requires std::invocable<std::decay_t<Fn>&, context&> &&
           detail::is_poll_result<std::invoke_result_t<std::decay_t<Fn>&, context&>>
[[nodiscard]] auto poll_fn(Fn&& fn) {
  using held = std::decay_t<Fn>;
  constexpr bool fresh = !std::is_lvalue_reference_v<Fn> && !std::is_trivially_destructible_v<held>;
  return poll_fn_future<held, fresh>(std::in_place, std::forward<Fn>(fn));
}

}  // namespace edo::inline v0
