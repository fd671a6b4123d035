/// Counts destructions, and remembers their order.
#pragma once

#include "edo/base/lock.hpp"

#include <string>
#include <utility>

namespace edo::inline v0::test {

/// Gives out tokens and counts how many of them have been destroyed, in which order: put one into
/// a future, a closure or a coroutine's frame to see it die. It must outlive its tokens.
///
/// Threads: any, tokens and counts alike.
class EDO_API drop_counter {
 public:
  class token;

  drop_counter() = default;
  drop_counter(const drop_counter&) = delete;
  drop_counter& operator=(const drop_counter&) = delete;
  ~drop_counter();

  /// A token that counts when it dies. Move-only; what it was moved from counts nothing.
  [[nodiscard]] token make(std::string name = "");

  /// How many tokens have died.
  [[nodiscard]] unsigned drops() const noexcept;
  /// How many are alive.
  [[nodiscard]] unsigned live() const noexcept;
  /// The names of the dead, in the order of their deaths, with a comma between them.
  [[nodiscard]] std::string order() const;

 private:
  void died(const std::string& name) noexcept;

  mutable edo::detail::raw_mutex mutex_;
  unsigned made_ EDO_GUARDED_BY(mutex_) = 0;
  unsigned drops_ EDO_GUARDED_BY(mutex_) = 0;
  std::string order_ EDO_GUARDED_BY(mutex_);
};

/// See `drop_counter::make`.
class EDO_API drop_counter::token {
 public:
  token(token&& other) noexcept
      : counter_(std::exchange(other.counter_, nullptr)), name_(std::move(other.name_)) {}
  token& operator=(token&& other) noexcept {
    std::swap(counter_, other.counter_);
    std::swap(name_, other.name_);
    return *this;
  }
  ~token() {
    if (counter_ != nullptr) counter_->died(name_);
  }

 private:
  friend class drop_counter;
  token(drop_counter& counter, std::string name) noexcept
      : counter_(&counter), name_(std::move(name)) {}

  drop_counter* counter_;
  std::string name_;
};

}  // namespace edo::inline v0::test
