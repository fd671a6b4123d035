/// A future around another that counts its polls and drops.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/future/async.hpp"

#include <utility>

namespace edo::inline v0::test {

/// What happened to the futures that count here. It must outlive them. Threads: any.
class future_counter {
 public:
  future_counter() noexcept = default;
  future_counter(const future_counter&) = delete;
  future_counter& operator=(const future_counter&) = delete;

  /// Polls, of all futures together, those that threw included.
  [[nodiscard]] unsigned polls() const noexcept { return get(polls_); }
  /// Polls that were pending, ready, or threw.
  [[nodiscard]] unsigned pending() const noexcept { return get(pending_); }
  [[nodiscard]] unsigned ready() const noexcept { return get(ready_); }
  [[nodiscard]] unsigned threw() const noexcept { return get(threw_); }
  /// Futures destroyed; what they were moved from does not count.
  [[nodiscard]] unsigned drops() const noexcept { return get(drops_); }
  /// Futures alive.
  [[nodiscard]] unsigned live() const noexcept { return get(made_) - get(drops_); }

 private:
  template <future F>
  friend class counted;

  // relaxed, both: counters; a test reads them after it has joined the threads that count.
  static unsigned get(const atomic<unsigned>& n) noexcept { return n.load(memory_order_relaxed); }
  static void add(atomic<unsigned>& n) noexcept { n.fetch_add(1, memory_order_relaxed); }

  atomic<unsigned> made_{0};
  atomic<unsigned> polls_{0};
  atomic<unsigned> pending_{0};
  atomic<unsigned> ready_{0};
  atomic<unsigned> threw_{0};
  atomic<unsigned> drops_{0};
};

/// Polls `F` and counts. Made by `count`.
template <future F>
class [[nodiscard]] counted {
 public:
  using output = output_of<F>;
  static constexpr bool holds_closure = edo::holds_closure<F>;

  counted(F&& inner, future_counter& counter) : counter_(&counter), inner_(std::move(inner)) {
    future_counter::add(counter.made_);
  }
  counted(counted&& other)
      : counter_(std::exchange(other.counter_, nullptr)), inner_(std::move(other.inner_)) {}
  counted& operator=(counted&&) = delete;
  ~counted() {
    if (counter_ != nullptr) future_counter::add(counter_->drops_);
  }

  poll_result<output> poll(context& cx) {
    future_counter::add(counter_->polls_);
    try {
      poll_result<output> polled = inner_.poll(cx);
      future_counter::add(polled.is_ready() ? counter_->ready_ : counter_->pending_);
      return polled;
    } catch (...) {
      future_counter::add(counter_->threw_);
      throw;
    }
  }

 private:
  future_counter* counter_;
  F inner_;
};

/// The future `inner`, counted by `counter`. An lvalue is borrowed, an rvalue owned.
/// Cancel safety and errors: those of `inner`.
template <awaitable F>
[[nodiscard]] counted<future_type<F>> count(F&& inner, future_counter& counter) {
  return counted<future_type<F>>(into_future(std::forward<F>(inner)), counter);
}

}  // namespace edo::inline v0::test
