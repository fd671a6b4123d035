/// The pool that coroutine frames and tasks come from.
#pragma once

#include "edo/base/config.hpp"

#include <cstddef>

namespace edo::inline v0 {

/// What the pool has done, over all threads that still run or have ended.
struct pool_stats {
  std::size_t allocations = 0;    ///< Blocks handed out (of any size).
  std::size_t frees = 0;          ///< Blocks given back.
  std::size_t system_blocks = 0;  ///< Blocks taken from the system: stands still in steady state.
  std::size_t live_bytes = 0;     ///< Bytes handed out and not given back.
};

/// A snapshot of the pool's counters; exact when no other thread allocates meanwhile.
/// Threads: any. Complexity: O(threads).
[[nodiscard]] EDO_API pool_stats frame_pool_stats() noexcept;

namespace detail {
inline constexpr std::size_t pool_granule = 64;
/// Blocks up to 2 KiB are pooled, in steps of a granule; larger frames are rare enough for malloc.
inline constexpr std::size_t pool_class_count = 33;

/// The class of a block, from 1; 0 for one that malloc serves. Sanitizers watch each block's life
/// only if each comes from malloc.
[[nodiscard]] constexpr std::size_t pool_class(std::size_t size) noexcept {
  const std::size_t index = (size + pool_granule - 1) / pool_granule;
  return address_sanitizer || index >= pool_class_count ? 0 : index;
}

[[nodiscard]] EDO_API void* pool_take(std::size_t class_index);
EDO_API void pool_give(void* block, std::size_t class_index) noexcept;
[[nodiscard]] EDO_API void* pool_take_large(std::size_t size);
EDO_API void pool_give_large(void* block, std::size_t size) noexcept;

/// Memory of `size` bytes, aligned for any type without extended alignment. Inline, because the
/// size of a frame is a constant and so is its class.
/// Errors: `std::bad_alloc`. Threads: any; a block may be freed by any thread.
[[nodiscard]] inline void* pool_allocate(std::size_t size) {
  const std::size_t index = pool_class(size);
  return index != 0 ? pool_take(index) : pool_take_large(size);
}
/// Gives back a block of `pool_allocate(size)`; the same size must be told.
inline void pool_free(void* block, std::size_t size) noexcept {
  const std::size_t index = pool_class(size);
  index != 0 ? pool_give(block, index) : pool_give_large(block, size);
}
}  // namespace detail

}  // namespace edo::inline v0
