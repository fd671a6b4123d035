/// A small seedable generator, for victims and for fairness; never for secrets.
#pragma once

#include "edo/base/config.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// xorshift64*: 8 bytes of state, three shifts and a product a number.
/// Source: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016.
class random {
 public:
  explicit constexpr random(std::uint64_t seed) noexcept : state_(seed != 0 ? seed : 1) {}

  constexpr std::uint64_t next() noexcept {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1DULL;
  }

  /// A number in [0, bound). Requires `bound > 0`.
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace edo::inline v0::detail
