/// A callable and its arguments, kept beside the coroutine that they make.
#pragma once

#include "edo/future/async.hpp"

#include <concepts>
#include <optional>
#include <source_location>
#include <tuple>
#include <utility>

namespace edo::inline v0 {

/// What `async_block`, `spawn` and the like take: called with these arguments, it gives a future.
template <class Fn, class... Args>
concept async_callable = std::invocable<std::decay_t<Fn>&, std::decay_t<Args>...> &&
                         awaitable<std::invoke_result_t<std::decay_t<Fn>&, std::decay_t<Args>...>>;

/// The future of `async_block`. `Fresh`: it was made from a closure with a destructor, in place.
template <class Fn, bool Fresh, class... Args>
class [[nodiscard]] block_future {
  using inner = std::invoke_result_t<Fn&, Args...>;

 public:
  using output = output_of<inner>;
  static constexpr bool holds_closure = Fresh;

  template <class G, class... Bs>
  explicit block_future(std::source_location where, G&& fn, Bs&&... args)
      : where_(where), fn_(std::forward<G>(fn)), args_(std::forward<Bs>(args)...) {}

  /// Movable until the first poll; what has been polled stays where it is.
  block_future(block_future&& other) noexcept(std::is_nothrow_move_constructible_v<Fn>)
      : where_(other.where_), fn_(std::move(other.fn_)), args_(std::move(other.args_)) {
    if constexpr (detail::checked_build) {
      if (other.future_) detail::report_lint(usage::moved_after_poll, where_, "async_block");
    }
  }
  block_future& operator=(block_future&&) = delete;
  ~block_future() = default;

  poll_result<output> poll(context& cx) {
    if (!future_) [[unlikely]]
      start(std::index_sequence_for<Args...>());
    return future_->poll(cx);
  }

 private:
  template <std::size_t... I>
  void start(std::index_sequence<I...>) {
    adopt(fn_(std::move(std::get<I>(args_))...));
  }
  void adopt(inner&& made) {
    if constexpr (detail::is_async<std::remove_cvref_t<inner>>) {
      detail::promise_base* frame = detail::async_access::frame(made);
      if (frame == nullptr || frame->started()) detail::throw_awaited_twice(where_);
      detail::require_owning(*frame, where_, &detail::type_mark<Fn>);
    }
    future_.emplace(into_future(std::forward<inner>(made)));
  }

  std::source_location where_;
  Fn fn_;
  std::tuple<Args...> args_;
  std::optional<future_type<inner>> future_;  // destroyed first: it may use the closure
};

/// Calls `fn(args...)` at the first poll and is the future that it gives; the closure and the
/// arguments are kept until this future is destroyed, so a lambda coroutine may use its captures.
/// The cure for a lambda coroutine that outlives its closure: Rust's `async move { }`.
///
/// Awaits: what the callable's future awaits. Cancel safety: that future's.
/// Errors: what the call throws reaches the first poll. Allocation: none of its own.
template <class Fn, class... Args>
  requires async_callable<Fn, Args...>
[[nodiscard]] auto async_block(Fn&& fn, Args&&... args) {
  using held = std::decay_t<Fn>;
  constexpr bool fresh = !std::is_lvalue_reference_v<Fn> && !std::is_trivially_destructible_v<held>;
  static_assert(detail::own_closure<held>::value);
  return block_future<held, fresh, std::decay_t<Args>...>(
      std::source_location(), std::forward<Fn>(fn), std::forward<Args>(args)...);
}

namespace detail {
/// The same with the place of the call, for functions that have one.
template <class Fn, class... Args>
  requires async_callable<Fn, Args...>
[[nodiscard]] auto async_block_at(std::source_location where, Fn&& fn, Args&&... args) {
  using held = std::decay_t<Fn>;
  static_assert(own_closure<held>::value);
  return block_future<held, false, std::decay_t<Args>...>(where, std::forward<Fn>(fn),
                                                          std::forward<Args>(args)...);
}
}  // namespace detail

}  // namespace edo::inline v0
