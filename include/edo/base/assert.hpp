/// Checks of what cannot happen: they print where, and abort.
#pragma once

#include "edo/base/config.hpp"

namespace edo::inline v0::detail {
/// Prints `edo: assertion failed: EXPRESSION at FILE:LINE (FUNCTION)` and aborts.
[[noreturn]] EDO_API void assertion_failed(const char* expression,
                                           const char* file,
                                           int line,
                                           const char* function) noexcept;
}  // namespace edo::inline v0::detail

/// Always on: a broken invariant ends the program with its place, in release builds too.
#define EDO_ASSERT(condition)   \
  (static_cast<bool>(condition) \
       ? static_cast<void>(0)   \
       : ::edo::detail::assertion_failed(#condition, __FILE__, __LINE__, __func__))

/// On in checked and in debug builds: for checks that cost on a hot path.
#define EDO_DEBUG_ASSERT(condition) \
  (static_cast<void>(::edo::detail::debug_asserts && (EDO_ASSERT(condition), true)))

/// Marks a place that no execution reaches.
#define EDO_UNREACHABLE() \
  ::edo::detail::assertion_failed("unreachable", __FILE__, __LINE__, __func__)
