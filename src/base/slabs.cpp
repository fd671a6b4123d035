#include "base/slabs.hpp"

#include "edo/base/assert.hpp"

#include <bit>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace edo::inline v0::detail {

/// 64 slabs beside each other; the description is not in them.
struct slab_store::region {
  std::byte* base;
  std::uint64_t free;  // a bit for each slab
  region* next;
};

/// The first granule of a slab; the blocks follow.
struct slab_store::slab {
  region* home;
  pool_block* returned;  // blocks that came back
  slab* next;            // in with_room
  slab* previous;
  std::uint32_t cut;       // so many blocks were cut off
  std::uint32_t capacity;  // so many can be
  std::uint32_t out;       // so many are with the pool or its users
  bool listed;             // in with_room
};
static_assert(sizeof(void*) * 4 + 16 <= pool_granule);

slab_store::slab& slab_store::slab_of(pool_block& block) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(&block);
  auto* begin = reinterpret_cast<std::byte*>(&block) - address % slab_size;
  return *reinterpret_cast<slab*>(begin);
}

slab_store::region* slab_store::make_region() noexcept {
  // Twice the size, for an aligned one inside.
  void* mapped = ::mmap(nullptr, 2 * region_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(mapped);
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::size_t before = (region_size - address % region_size) % region_size;
  if (before != 0) ::munmap(begin, before);
  ::munmap(begin + before + region_size, region_size - before);
  auto* made = static_cast<region*>(std::malloc(sizeof(region)));
  if (made == nullptr) {
    ::munmap(begin + before, region_size);
    return nullptr;
  }
  return ::new (made) region{begin + before, ~std::uint64_t{0}, nullptr};
}

// Null: the system has no memory.
slab_store::slab* slab_store::make_slab(std::size_t c) noexcept {
  region* home = nullptr;
  unsigned index = 0;
  {
    const raw_guard guard(lock_);
    if (regions_ == nullptr || regions_->free == 0) {
      region* made = make_region();
      if (made == nullptr) return nullptr;
      made->next = std::exchange(regions_, made);
    }
    home = regions_;
    index = static_cast<unsigned>(std::countr_zero(home->free));
    home->free &= home->free - 1;
    ++slab_count_;
    if (home->free == 0) bring_forward();
  }
  auto* made = reinterpret_cast<slab*>(home->base + index * slab_size);
  const auto capacity = static_cast<std::uint32_t>((slab_size - pool_granule) / (c * pool_granule));
  return ::new (static_cast<void*>(made))
      slab{home, nullptr, nullptr, nullptr, 0, capacity, 0, false};
}

void slab_store::release_slab(slab& s) noexcept {
  region* home = s.home;
  auto* begin = reinterpret_cast<std::byte*>(&s);
  const auto index =
      static_cast<unsigned>((begin - home->base) / static_cast<std::ptrdiff_t>(slab_size));
  ::madvise(begin, slab_size, MADV_DONTNEED);
  const raw_guard guard(lock_);
  home->free |= std::uint64_t{1} << index;
  --slab_count_;
  if (regions_->free == 0) bring_forward();
}

// The first region has no free slab: one that has comes before it, if there is one.
void slab_store::bring_forward() noexcept {
  region** link = &regions_;
  while (*link != nullptr && (*link)->free == 0) link = &(*link)->next;
  region* found = *link;
  if (found == nullptr) return;
  *link = found->next;
  found->next = std::exchange(regions_, found);
}

pool_block* slab_store::take(std::size_t c, std::size_t count) {
  size_class& mine = *classes_[c];
  pool_block* list = nullptr;
  raw_guard guard(mine.lock);
  for (std::size_t taken = 0; taken < count;) {
    slab* s = mine.with_room;
    if (s == nullptr) {
      guard.unlock();
      s = make_slab(c);
      if (s == nullptr) {
        give(c, list);
        throw std::bad_alloc();
      }
      guard.lock();
      s->next = mine.with_room;
      if (s->next != nullptr) s->next->previous = s;
      mine.with_room = s;
      s->listed = true;
    }
    pool_block* block = s->returned;
    if (block != nullptr) {
      s->returned = block->next;
    } else {
      auto* place = reinterpret_cast<std::byte*>(s) + pool_granule + s->cut++ * c * pool_granule;
      block = ::new (static_cast<void*>(place)) pool_block;
    }
    ++s->out;
    ++taken;
    block->next = std::exchange(list, block);
    if (s->returned == nullptr && s->cut == s->capacity) {
      mine.with_room = s->next;
      if (s->next != nullptr) s->next->previous = nullptr;
      s->listed = false;
    }
  }
  return list;
}

void slab_store::give(std::size_t c, pool_block* list) noexcept {
  size_class& mine = *classes_[c];
  slab* empty = nullptr;
  {
    const raw_guard guard(mine.lock);
    while (list != nullptr) {
      pool_block* block = std::exchange(list, list->next);
      slab& s = slab_of(*block);
      EDO_DEBUG_ASSERT(s.out != 0);
      block->next = std::exchange(s.returned, block);
      --s.out;
      if (!s.listed) {
        s.listed = true;
        s.previous = nullptr;
        s.next = mine.with_room;
        if (s.next != nullptr) s.next->previous = &s;
        mine.with_room = &s;
      }
      if (s.out != 0 || (s.next == nullptr && s.previous == nullptr)) continue;
      // Empty, and there is another one with room.
      if (s.next != nullptr) s.next->previous = s.previous;
      (s.previous != nullptr ? s.previous->next : mine.with_room) = s.next;
      s.next = std::exchange(empty, &s);
    }
  }
  while (empty != nullptr) {
    slab& s = *std::exchange(empty, empty->next);
    release_slab(s);
  }
}

void slab_store::unmap() noexcept {
  const raw_guard guard(lock_);
  while (regions_ != nullptr) {
    region* gone = std::exchange(regions_, regions_->next);
    ::munmap(gone->base, region_size);
    std::free(gone);
  }
}

std::size_t slab_store::slab_count() noexcept {
  const raw_guard guard(lock_);
  return slab_count_;
}

}  // namespace edo::inline v0::detail
