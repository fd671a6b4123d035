/// Keeps what different threads write on different cache lines.
#pragma once

#include "edo/base/config.hpp"

#include <cstddef>
#include <utility>

namespace edo::inline v0::detail {

/// The size of a cache line on x86-64 and on most aarch64 machines. A constant of ours, because
/// `std::hardware_destructive_interference_size` may differ between two compilers of one program.
inline constexpr std::size_t cache_line = 64;

/// A value alone on its cache lines.
template <class T>
struct alignas(cache_line) padded {
  template <class... Args>
  explicit constexpr padded(Args&&... args) : value(std::forward<Args>(args)...) {}
  padded(const padded&) = delete;
  padded& operator=(const padded&) = delete;

  T* operator->() noexcept { return &value; }
  T& operator*() noexcept { return value; }

  T value;
};

}  // namespace edo::inline v0::detail
