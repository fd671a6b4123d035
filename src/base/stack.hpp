/// The native stack of the calling thread.
#pragma once

#include "edo/base/config.hpp"

#include <cstddef>

namespace edo::inline v0::detail {

/// How many bytes of this thread's stack are left below the caller; `SIZE_MAX` where that cannot be
/// known: on a stack that the program has made itself.
/// Complexity: the first call of a thread asks the system, each further one reads a thread-local.
[[nodiscard, gnu::noinline]] std::size_t stack_room() noexcept;

}  // namespace edo::inline v0::detail
