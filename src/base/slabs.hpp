/// Where the frame pool's blocks come from, and go back to.
#pragma once

#include "edo/base/cache.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/pool.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

/// A free block of the pool.
struct pool_block {
  pool_block* next;
  pool_block* next_batch;  // of the first block of a batch in the pool's depot
};

/// Memory of the system in slabs of 64 KiB, each cut into blocks of one size class.
///
/// A slab is aligned to its size, so that a block finds it. Blocks are cut off one after the other,
/// so that a page is touched when it is needed. A slab whose blocks have all come back gives its
/// memory back to the system (its addresses are kept for the next slab), unless it is the last
/// of its class with room. Slabs lie in regions of 4 MiB, which the system may back with large
/// pages.
/// A thread's arena of malloc grows by 4 KiB at a time, with a system call each; this does not.
///
/// Threads: any; a lock for each class, and one for the regions. Complexity: O(1) for each block.
class slab_store {
 public:
  constexpr slab_store() noexcept = default;
  slab_store(const slab_store&) = delete;
  slab_store& operator=(const slab_store&) = delete;

  /// A list of `count` blocks of class `c`. Errors: `std::bad_alloc`; nothing was taken then.
  [[nodiscard]] pool_block* take(std::size_t c, std::size_t count);

  /// Takes a list of blocks of class `c` back.
  void give(std::size_t c, pool_block* list) noexcept;

  /// Gives all memory back, for a store that ends. No block is out; nothing else is called after.
  void unmap() noexcept;

  /// How many slabs have memory of the system.
  [[nodiscard]] std::size_t slab_count() noexcept;

 private:
  static constexpr std::size_t slab_size = std::size_t{64} << 10;
  static constexpr std::size_t region_slabs = 64;
  static constexpr std::size_t region_size = slab_size * region_slabs;

  struct region;
  struct slab;
  struct size_class {
    raw_mutex lock;
    slab* with_room = nullptr;  // guarded by lock, as are the slabs in it and their fields
  };

  [[nodiscard]] static slab& slab_of(pool_block& block) noexcept;
  [[nodiscard]] slab* make_slab(std::size_t c) noexcept;
  void release_slab(slab& s) noexcept;
  [[nodiscard]] static region* make_region() noexcept;
  void bring_forward() noexcept EDO_REQUIRES(lock_);

  padded<size_class> classes_[pool_class_count];
  raw_mutex lock_;
  region* regions_ EDO_GUARDED_BY(lock_) = nullptr;  // the first has a free slab, if any has
  std::size_t slab_count_ EDO_GUARDED_BY(lock_) = 0;
};

}  // namespace edo::inline v0::detail
