/// A count of things that exist, which one task can await to fall.
#pragma once

#include <cstddef>
#include <edo/edo.hpp>
#include <utility>

namespace demo {

/// Counts the tokens that it has given out.
///
/// Threads: any, but only one task at a time awaits `below`.
class gauge {
 public:
  /// One of the counted things; it leaves when it is destroyed. The gauge outlives it.
  class token {
   public:
    explicit token(gauge& owner) noexcept : owner_(&owner) {
      // relaxed: a count alone; nobody reads other data because of a rise.
      owner.count_.fetch_add(1, edo::memory_order_relaxed);
    }
    token(token&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    token& operator=(token&&) = delete;
    ~token() {
      if (owner_ != nullptr) owner_->leave();
    }

   private:
    gauge* owner_;
  };

  /// The future of `below`.
  class below_future {
   public:
    below_future(gauge& owner, std::size_t bound) noexcept : owner_(&owner), bound_(bound) {}

    edo::poll_result<void> poll(edo::context& cx) noexcept {
      if (owner_->count() < bound_) return edo::done;
      owner_->waker_.register_waker(cx.waker());
      if (owner_->count() < bound_) return edo::done;
      return edo::pending;
    }

   private:
    gauge* owner_;
    std::size_t bound_;
  };

  [[nodiscard]] token enter() noexcept { return token(*this); }

  [[nodiscard]] std::size_t count() const noexcept {
    // acquire: pairs with the release in leave(); what the leaver did is visible to who waited.
    return count_.load(edo::memory_order_acquire);
  }

  /// Ready when fewer than `bound` are there. Cancel safety: nothing is lost.
  [[nodiscard]] below_future below(std::size_t bound) noexcept { return {*this, bound}; }

 private:
  void leave() noexcept {
    // release: pairs with the acquire in count().
    count_.fetch_sub(1, edo::memory_order_release);
    waker_.wake();
  }

  edo::atomic<std::size_t> count_{0};
  edo::atomic_waker waker_;
};

}  // namespace demo
