/// The pool that coroutine frames and tasks come from.
#pragma once

#include "edo/base/config.hpp"

#include <cstddef>

namespace edo::inline v0 {

/// What the pool has done, over all threads that still run or have ended.
struct pool_stats {
  std::size_t allocations = 0;    ///< Blocks handed out (of any size).
  std::size_t frees = 0;          ///< Blocks given back.
  std::size_t system_blocks = 0;  ///< Blocks taken from malloc: stands still in steady state.
  std::size_t live_bytes = 0;     ///< Bytes handed out and not given back.
};

/// A snapshot of the pool's counters; exact when no other thread allocates meanwhile.
/// Threads: any. Complexity: O(threads).
[[nodiscard]] EDO_API pool_stats frame_pool_stats() noexcept;

namespace detail {
/// Memory of `size` bytes, aligned for any type without extended alignment.
/// Errors: `std::bad_alloc`. Threads: any; a block may be freed by any thread.
[[nodiscard]] EDO_API void* pool_allocate(std::size_t size);
/// Gives back a block of `pool_allocate(size)`; the same size must be told.
EDO_API void pool_free(void* block, std::size_t size) noexcept;
}  // namespace detail

}  // namespace edo::inline v0
