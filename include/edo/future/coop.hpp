/// Cooperation: how a future that is always ready lets others have their turn, or refuses to.
///
/// Each poll of a task begins with a budget of 128 operations, which travels in the context
/// (docs/decisions/0015-budget-in-context.md). edo's own futures charge it. What is here is for the
/// loops and leaves of users.
#pragma once

#include "edo/future/async.hpp"

#include <source_location>
#include <utility>

namespace edo::inline v0 {

/// The future of `consume_budget`.
class [[nodiscard]] consume_budget_future {
 public:
  using output = void;

  poll_result<void> poll(context& cx) noexcept {
    if (!cx.try_charge()) return pending;
    return done;
  }
};

/// Charges one unit of the budget, and yields exactly when it is spent: for loops that compute, or
/// whose futures do not charge (`edo::ready`), so that the other tasks get their turn.
///
/// Awaits: nothing, or one turn of the others. Cancel safety: nothing is lost.
/// Errors: none. Threads: any. Complexity: a decrement; no allocation. Without a budget
/// (`edo::block_on`, `unconstrained`) it is ready at once.
/// Source: `tokio::task::coop::consume_budget`.
[[nodiscard]] constexpr consume_budget_future consume_budget() noexcept { return {}; }

/// The future of `has_budget_remaining`.
class [[nodiscard]] budget_query_future {
 public:
  using output = bool;

  poll_result<bool> poll(context& cx) noexcept { return cx.has_budget(); }
};

/// Whether the next operation of this poll would still be granted. It is a future because the
/// budget is in the context, and only a poll has one: `bool more = co_await
/// edo::has_budget_remaining();`. The author of a future asks `context::has_budget()`.
///
/// Awaits: nothing; it is ready at its first poll, and charges nothing. True where there is no
/// budget. Cancel safety: nothing is lost. Errors: none. Threads: any. Allocation: none.
/// Source: `tokio::task::coop::has_budget_remaining`.
[[nodiscard]] constexpr budget_query_future has_budget_remaining() noexcept { return {}; }

/// One unit of the budget, for the authors of leaves: taken when it is made, and given back when it
/// dies unless `made_progress()` was called.
///
///     poll_result<item> poll(context& cx) {
///       budget_guard unit(cx);
///       if (!unit.is_granted()) return pending;  // the waker has been woken
///       if (auto got = try_take()) { unit.made_progress(); return *std::move(got); }
///       ... keep cx.waker() ...; return pending;
///     }
///
/// Threads: inside one poll. Allocation: none. Source: `tokio::task::coop::poll_proceed` and its
/// `RestoreOnPending`.
class [[nodiscard]] budget_guard {
 public:
  explicit budget_guard(context& cx) noexcept
      : owed_(cx.try_charge() ? &cx : nullptr), granted_(owed_ != nullptr) {}
  budget_guard(const budget_guard&) = delete;
  budget_guard& operator=(const budget_guard&) = delete;
  ~budget_guard() {
    if (owed_ != nullptr) owed_->refund();
  }

  /// False: the budget is spent, and the waker has been woken; return pending.
  [[nodiscard]] bool is_granted() const noexcept { return granted_; }

  /// The operation is done: the unit stays charged.
  void made_progress() noexcept { owed_ = nullptr; }

 private:
  context* owed_;  // to whom the unit goes back; null: nothing to give back
  const bool granted_;
};

/// The future of `unconstrained`.
template <future F>
class [[nodiscard]] unconstrained_future {
 public:
  using output = output_of<F>;
  static constexpr bool holds_closure = edo::holds_closure<F>;
  static constexpr bool holds_borrowed = edo::holds_borrowed<F>;

  explicit unconstrained_future(F&& inner) : inner_(std::move(inner)) {}

  poll_result<output> poll(context& cx) {
    context unlimited(cx.waker());
    unlimited.set_nesting(cx.nesting());
    return inner_.poll(unlimited);
  }

  /// Refuses a coroutine inside that borrows, before it is handed to a task. Errors: as
  /// `edo::spawn`.
  void require_owning(std::source_location where) const {
    detail::require_spawnable(inner_, where);
  }

 private:
  F inner_;
};

/// `f` without a budget: however often it is ready, it never yields for that. It can starve the
/// other tasks of its thread; for futures that must not be interrupted, and foreign executors.
///
/// Awaits: `f`; an lvalue is borrowed, an rvalue owned. Cancel safety and errors: those of `f`.
/// Threads: any. Complexity: one more call a poll; no allocation.
/// Source: `tokio::task::coop::unconstrained`.
template <awaitable F>
[[nodiscard]] unconstrained_future<future_type<F>> unconstrained(F&& f) {
  return unconstrained_future<future_type<F>>(into_future(std::forward<F>(f)));
}

/// The future of `cooperative`.
template <future F>
class [[nodiscard]] cooperative_future {
 public:
  using output = output_of<F>;
  static constexpr bool holds_closure = edo::holds_closure<F>;
  static constexpr bool holds_borrowed = edo::holds_borrowed<F>;

  explicit cooperative_future(F&& inner) : inner_(std::move(inner)) {}

  poll_result<output> poll(context& cx) {
    if (!cx.has_budget()) {
      static_cast<void>(cx.try_charge());  // refused: it wakes the task
      return pending;
    }
    poll_result<output> polled = inner_.poll(cx);
    // Charged afterwards, so that a pending future has nothing to give back; what it has spent
    // itself stays spent.
    if (polled.is_ready() && cx.has_budget()) static_cast<void>(cx.try_charge());
    return polled;
  }

  /// Refuses a coroutine inside that borrows, before it is handed to a task. Errors: as
  /// `edo::spawn`.
  void require_owning(std::source_location where) const {
    detail::require_spawnable(inner_, where);
  }

 private:
  F inner_;
};

/// `f` within the budget: one unit is charged when it is ready, and it is not polled when nothing
/// is left. For futures that do not charge by themselves: foreign leaves, `edo::ready`.
///
/// Awaits: `f`, perhaps after a turn of the others; an lvalue is borrowed, an rvalue owned.
/// Cancel safety and errors: those of `f`. Threads: any. Allocation: none.
/// Source: `tokio::task::coop::cooperative`.
template <awaitable F>
[[nodiscard]] cooperative_future<future_type<F>> cooperative(F&& f) {
  return cooperative_future<future_type<F>>(into_future(std::forward<F>(f)));
}

}  // namespace edo::inline v0
