/// Tells a process from the one that it was forked from.
#pragma once

#include <cstdint>

namespace edo::inline v0::detail {

/// A number that is another one in a forked child, from the first call on. Any thread.
[[nodiscard]] std::uint32_t fork_generation() noexcept;

}  // namespace edo::inline v0::detail
