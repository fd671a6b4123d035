/// Several futures at once in one task, until the first of them is ready.
#pragma once

#include "edo/future/async.hpp"
#include "edo/future/detail/maybe_done.hpp"

#include <optional>
#include <source_location>
#include <tuple>
#include <variant>

namespace edo::inline v0 {

/// Which branch of a `select` was ready, and its output.
template <class... Ts>
class [[nodiscard]] select_result {
 public:
  template <std::size_t I>
  using element = std::tuple_element_t<I, std::tuple<detail::tuple_element_t<Ts>...>>;

  template <std::size_t I, class U>
  explicit select_result(std::in_place_index_t<I> index, U&& held)
      : value_(index, std::forward<U>(held)) {}

  /// The position of the branch that won, from 0.
  [[nodiscard]] std::size_t index() const noexcept { return value_.index(); }

  /// The output of branch `I`; throws `std::bad_variant_access` if another one won.
  template <std::size_t I>
  [[nodiscard]] element<I>& get() & {
    if constexpr (std::is_reference_v<element<I>>) {
      return *std::get<I>(value_);
    } else {
      return std::get<I>(value_);
    }
  }
  template <std::size_t I>
  [[nodiscard]] element<I>&& get() && {
    return static_cast<element<I>&&>(get<I>());
  }

 private:
  std::variant<detail::held_output<Ts>...> value_;
};

/// The output of branch `I` of a select: `edo::get<0>(s)`, or `edo::get<0>(std::move(s))`.
template <std::size_t I, class... Ts>
[[nodiscard]] decltype(auto) get(select_result<Ts...>& s) {
  return s.template get<I>();
}
template <std::size_t I, class... Ts>
[[nodiscard]] decltype(auto) get(select_result<Ts...>&& s) {
  return std::move(s).template get<I>();
}

/// The future of `select`.
template <class... Fs>
class [[nodiscard]] select_future {
 public:
  using output = select_result<output_of<Fs>...>;
  static constexpr bool holds_closure = (edo::holds_closure<Fs> || ...);
  static constexpr bool holds_borrowed = (edo::holds_borrowed<Fs> || ...);

  explicit select_future(Fs&&... futures) : branches_(std::move(futures)...) {}

  poll_result<output> poll(context& cx) {
    progress_.begin(cx, "select");
    std::optional<output> won;
    const drop_on_exit guard{*this};
    detail::for_each_from<sizeof...(Fs)>(
        detail::fair_start(static_cast<unsigned>(sizeof...(Fs))), [&](auto index) {
          if (won) return;
          detail::poll_into(*std::get<index()>(branches_), cx, [&](auto&& held) {
            won.emplace(std::in_place_index<index()>, std::forward<decltype(held)>(held));
          });
        });
    if (!won) {
      guard.keep = true;
      return pending;
    }
    return poll_result<output>(std::in_place, *std::move(won));
  }

  /// Refuses branches that borrow, before this is handed to a task. Errors: as `edo::spawn`.
  void require_owning(std::source_location where) const {
    std::apply([&](const auto&... branch) { (detail::require_spawnable(*branch, where), ...); },
               branches_);
  }

 private:
  // A branch has won, or thrown: all are dropped before anybody learns of it.
  struct drop_on_exit {
    select_future& self;
    mutable bool keep = false;

    ~drop_on_exit() {
      if (keep) return;
      self.progress_.finish();
      std::apply([](auto&... branch) { (branch.reset(), ...); }, self.branches_);
    }
  };

  std::tuple<std::optional<Fs>...> branches_;
  detail::progress_mark progress_;
};

/// Awaits the first of `futures` to be ready, concurrently in this task, and drops the others.
///
/// Awaits: polls the branches at each wake, beginning at a random one, until one is ready. An
/// lvalue is borrowed: it stays as it is when it loses, and can be awaited again. An rvalue is
/// owned: when it loses it is cancelled and dropped, before the result is handed on.
/// Gives a `select_result`: `s.index()` and `edo::get<I>(std::move(s))`; void is `std::monostate`.
/// Cancel safety: dropping it drops what it owns. A loser that is not cancel-safe loses what its
/// own documentation says.
/// Errors: an exception of a branch comes out, after all branches have been dropped; what a loser
/// would have thrown later is never seen.
/// Threads: all branches run in this task. Complexity: O(branches) a wake, no allocation.
/// Source: `tokio::select!`.
template <awaitable... Fs>
  requires(sizeof...(Fs) > 0)
[[nodiscard]] select_future<future_type<Fs>...> select(Fs&&... futures) {
  return select_future<future_type<Fs>...>(into_future(std::forward<Fs>(futures))...);
}

}  // namespace edo::inline v0
