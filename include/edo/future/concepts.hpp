/// The concept `future`, and what turns an argument into one.
#pragma once

#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

template <class T>
class async;
template <class T>
class chained;
template <class F>
class borrowed;

namespace detail {
struct async_access;

template <class P>
inline constexpr bool is_poll_result = false;
template <class T>
inline constexpr bool is_poll_result<poll_result<T>> = true;

template <class F>
inline constexpr bool is_async = false;
template <class T>
inline constexpr bool is_async<async<T>> = true;
}  // namespace detail

/// A type with the member that makes it a future, `poll(edo::context&)`.
template <class F>
concept has_poll_member = requires(F& f, context& cx) { f.poll(cx); };

/// A future: inert until polled; `poll(context&)` gives `edo::poll_result<T>`: ready with the
/// output, or pending after it has arranged for the waker to be woken.
///
/// A future is movable until it is first polled, and then stays where it is. Destroying it cancels
/// it. It is polled by one thread at a time, not always the same.
/// Source: Rust's `std::future::Future`.
template <class F>
concept future =
    has_poll_member<F> &&
    detail::is_poll_result<decltype(std::declval<F&>().poll(std::declval<context&>()))>;

namespace detail {
template <class F>
struct output_of_impl {};
template <future F>
struct output_of_impl<F> {
  using type = typename decltype(std::declval<F&>().poll(std::declval<context&>()))::value_type;
};
template <class T>
struct output_of_impl<async<T>> {
  using type = T;
};

template <class F>
struct future_for {  // an rvalue future is taken by move
  using type = std::remove_cvref_t<F>;
};
template <class F>
struct future_for<F&> {  // an lvalue is borrowed
  using type = borrowed<F>;
};
template <class T>
struct future_for<async<T>> {
  using type = chained<T>;
};
}  // namespace detail

/// What `co_await` accepts: a future, or an `edo::async<T>`, which becomes one in a chain.
/// An lvalue is borrowed, an rvalue is owned.
template <class F>
concept awaitable = future<std::remove_cvref_t<F>> || detail::is_async<std::remove_cvref_t<F>>;

/// The output of an awaitable: what `co_await` gives.
template <class F>
using output_of = typename detail::output_of_impl<std::remove_cvref_t<F>>::type;

/// The future that stands for an awaitable argument inside a combinator, a task or `block_on`:
/// itself for an rvalue future, `borrowed<F>` for an lvalue, `chained<T>` for an `async<T>`.
template <class F>
using future_type = typename detail::future_for<
    std::conditional_t<std::is_lvalue_reference_v<F>, F, std::remove_cvref_t<F>>>::type;

/// Marks a future that holds a closure with a destructor, given as an rvalue. g++ before 13 must
/// not see one inside a `co_await` expression; combinators hand the mark on.
template <class F>
inline constexpr bool holds_closure = requires { requires std::remove_cvref_t<F>::holds_closure; };

/// True for a future that borrows another: what `join(lvalue)` and the like give. A task must not
/// hold one (EDO-E0004).
template <class F>
inline constexpr bool holds_borrowed =
    requires { requires std::remove_cvref_t<F>::holds_borrowed; };

}  // namespace edo::inline v0
