/// What a poll receives: the waker, the cooperative budget, the nesting depth.
#pragma once

#include "edo/future/waker.hpp"

#include <source_location>

namespace edo::inline v0 {

/// What every `poll` receives.
///
/// A pending future stores a copy of `waker()`, the *latest* one it was polled with, and whoever
/// makes progress wakes it. A context lives for one poll; nobody keeps a pointer to it.
///
/// Threads: used by the polling thread only. Source: Rust's `std::task::Context`, with the
/// cooperative budget of `tokio::task::coop` in the open instead of in a thread-local.
class context {
 public:
  /// A context without a budget: futures never yield because of how often they were ready.
  explicit constexpr context(const edo::waker& waker) noexcept : waker_(&waker) {}

  /// A context whose futures charge `budget`, one unit for each operation that was ready at once.
  /// A null pointer means without a budget.
  constexpr context(const edo::waker& waker, unsigned* budget) noexcept
      : waker_(&waker), budget_(budget) {}

  /// The context for a child that has a waker of its own: the budget and the nesting of `parent`.
  constexpr context(const edo::waker& waker, const context& parent) noexcept
      : waker_(&waker), budget_(parent.budget_), nesting_(parent.nesting_), place_(parent.place_) {}

  context(const context&) = delete;
  context& operator=(const context&) = delete;

  [[nodiscard]] constexpr const edo::waker& waker() const noexcept { return *waker_; }

  /// True if the next `try_charge()` would succeed.
  [[nodiscard]] constexpr bool has_budget() const noexcept {
    return budget_ == nullptr || *budget_ != 0;
  }

  /// Charges one unit of the cooperative budget. False: it is spent; the waker has been woken, and
  /// the future returns pending without doing anything, so that other tasks get their turn.
  /// A future that charged and then was not ready gives the unit back with `refund()`.
  [[nodiscard]] bool try_charge() noexcept {
    if (budget_ == nullptr) return true;
    if (*budget_ == 0) [[unlikely]] {
      waker_->wake_by_ref();
      return false;
    }
    --*budget_;
    return true;
  }

  /// Gives back what `try_charge()` took: no progress was made.
  constexpr void refund() noexcept {
    if (budget_ != nullptr) ++*budget_;
  }

  /// The counter itself (null: none), for executors and for futures that run children
  /// unconstrained.
  [[nodiscard]] constexpr unsigned* budget() const noexcept { return budget_; }

  /// How many combinators are polling inside each other right now. Chains count it and refuse to
  /// go deeper than `nesting_max`, since each level uses native stack.
  [[nodiscard]] constexpr unsigned nesting() const noexcept { return nesting_; }
  constexpr void set_nesting(unsigned nesting) noexcept { nesting_ = nesting; }

  /// In checked builds the `co_await` that polls now, for messages. Elsewhere, and outside of
  /// coroutines, a place whose line is 0.
  [[nodiscard]] constexpr const std::source_location& place() const noexcept { return place_; }
  constexpr void set_place(const std::source_location& place) noexcept { place_ = place; }

  /// The bound on `nesting()`. On a small stack it is less: each level takes native stack, and a
  /// chain refuses to go deeper (EDO-E0008) while there is still enough left to say so.
  static constexpr unsigned nesting_max = 256;

 private:
  const edo::waker* waker_;
  unsigned* budget_ = nullptr;
  unsigned nesting_ = 0;
  std::source_location place_;
};

}  // namespace edo::inline v0
