/// A number that one thread counts up and others read.
#pragma once

#include "edo/base/atomic.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// Costs its writer a plain load and store. Threads: `add` by one at a time; `get` by any, which
/// sees the value of a moment.
class counter {
 public:
  constexpr counter() noexcept = default;
  explicit constexpr counter(std::uint64_t value) noexcept : value_(value) {}
  counter(const counter&) = delete;
  counter& operator=(const counter&) = delete;

  void add(std::uint64_t n) noexcept { set(get() + n); }
  void set(std::uint64_t value) noexcept {
    // relaxed: a statistic, with one writer at a time.
    value_.store(value, memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const noexcept {
    // relaxed: as above.
    return value_.load(memory_order_relaxed);
  }

 private:
  atomic<std::uint64_t> value_{0};
};

}  // namespace edo::inline v0::detail
