/// Several futures at once in one task, all of them to the end.
#pragma once

#include "edo/future/async.hpp"
#include "edo/future/detail/maybe_done.hpp"

#include <expected>
#include <optional>
#include <source_location>
#include <tuple>

namespace edo::inline v0 {

/// The future of `join`.
template <class... Fs>
class [[nodiscard]] join_future {
 public:
  using output = std::tuple<detail::tuple_element_t<output_of<Fs>>...>;
  static constexpr bool holds_closure = (edo::holds_closure<Fs> || ...);
  static constexpr bool holds_borrowed = (edo::holds_borrowed<Fs> || ...);

  explicit join_future(Fs&&... futures) : children_(std::move(futures)...) {}

  poll_result<output> poll(context& cx) {
    progress_.begin(cx, "join");
    bool all = true;
    detail::for_each_from<sizeof...(Fs)>(first_, [&](auto index) {
      if (!std::get<index()>(children_).poll(cx)) all = false;
    });
    if constexpr (sizeof...(Fs) > 1) first_ = first_ + 1 == sizeof...(Fs) ? 0 : first_ + 1;
    if (!all) return pending;
    progress_.finish();
    return std::apply(
        [](auto&... child) { return poll_result<output>(std::in_place, child.take()...); },
        children_);
  }

  /// Refuses children that borrow, before this is handed to a task. Errors: as `edo::spawn`.
  void require_owning(std::source_location where) const {
    std::apply([&](const auto&... child) { (child.require_owning(where), ...); }, children_);
  }

 private:
  std::tuple<detail::maybe_done<Fs>...> children_;
  detail::progress_mark progress_;
  std::size_t first_ = 0;  // rotates, so that a greedy child cannot use up the budget of the others
};

/// Awaits all of `futures` concurrently in this task and gives a tuple of their outputs, in order;
/// void gives `std::monostate`.
///
/// Awaits: polls every unfinished child at each wake, the first one rotating; a child is dropped as
/// soon as it is ready. An lvalue is borrowed, an rvalue owned.
/// Cancel safety: dropping it drops the children it owns, in order; finished outputs are lost.
/// Errors: an exception of a child comes out at once; the others are cancelled with the join.
/// Threads: all children run in this task, on one thread at a time: concurrent, not parallel.
/// Complexity: O(children) a wake, no allocation but the coroutines' own.
/// Source: `tokio::join!`.
template <awaitable... Fs>
[[nodiscard]] join_future<future_type<Fs>...> join(Fs&&... futures) {
  return join_future<future_type<Fs>...>(into_future(std::forward<Fs>(futures))...);
}

/// The future of `try_join`.
template <class Error, class... Fs>
class [[nodiscard]] try_join_future {
  using values = std::tuple<detail::tuple_element_t<typename output_of<Fs>::value_type>...>;

 public:
  using output = std::expected<values, Error>;
  static constexpr bool holds_closure = (edo::holds_closure<Fs> || ...);
  static constexpr bool holds_borrowed = (edo::holds_borrowed<Fs> || ...);

  explicit try_join_future(Fs&&... futures) : children_(std::move(futures)...) {}

  poll_result<output> poll(context& cx) {
    progress_.begin(cx, "try_join");
    bool all = true;
    std::optional<Error> error;
    detail::for_each_from<sizeof...(Fs)>(first_, [&](auto index) {
      if (error) return;
      auto& child = std::get<index()>(children_);
      if (!child.poll(cx)) {
        all = false;
      } else if (!child.value().has_value()) {
        error.emplace(std::move(child.value().error()));
      }
    });
    if constexpr (sizeof...(Fs) > 1) first_ = first_ + 1 == sizeof...(Fs) ? 0 : first_ + 1;
    if (error) {
      progress_.finish();
      // The others are cancelled before the error is handed on.
      std::apply([](auto&... child) { (child.reset(), ...); }, children_);
      return poll_result<output>(std::in_place, std::unexpect, *std::move(error));
    }
    if (!all) return pending;
    progress_.finish();
    return std::apply(
        [](auto&... child) {
          return poll_result<output>(std::in_place, std::in_place, value_of(child)...);
        },
        children_);
  }

  /// Refuses children that borrow, before this is handed to a task. Errors: as `edo::spawn`.
  void require_owning(std::source_location where) const {
    std::apply([&](const auto&... child) { (child.require_owning(where), ...); }, children_);
  }

 private:
  template <class Child>
  static auto value_of(Child& child) {
    if constexpr (std::is_void_v<typename Child::output::value_type>) {
      return std::monostate();
    } else {
      return *std::move(child.value());
    }
  }

  std::tuple<detail::maybe_done<Fs>...> children_;
  detail::progress_mark progress_;
  std::size_t first_ = 0;
};

namespace detail {
template <class F>
concept fallible = awaitable<F> && is_expected<output_of<F>>;

template <class... Fs>
struct common_error;
template <class F, class... Fs>
struct common_error<F, Fs...> {
  using type = typename output_of<F>::error_type;
};
}  // namespace detail

/// Awaits all of `futures`, each of `std::expected<V, E>`, concurrently in this task: gives
/// `std::expected<std::tuple<V...>, E>`, with all values, or the first error that happens.
///
/// Awaits: as `join`. At the first error the other children are cancelled and dropped before the
/// result is handed on. E is the first future's error; the others' must convert to it.
/// Cancel safety, threads, complexity: as `join`. Source: `tokio::try_join!`.
template <detail::fallible... Fs>
  requires(sizeof...(Fs) > 0)
[[nodiscard]] auto try_join(Fs&&... futures) {
  using error = typename detail::common_error<Fs...>::type;
  static_assert((std::constructible_from<error, typename output_of<Fs>::error_type> && ...),
                "EDO-E0018: the errors of try_join convert to that of its first future");
  return try_join_future<error, future_type<Fs>...>(into_future(std::forward<Fs>(futures))...);
}

}  // namespace edo::inline v0
