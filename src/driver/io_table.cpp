#include "driver/io_table.hpp"

#include "edo/base/error.hpp"

#include <bit>
#include <new>

namespace edo::inline v0::detail {
namespace {

struct place_index {
  unsigned chunk;
  std::uint32_t offset;
};

/// Chunk k begins at slot `chunk_min * (2^k - 1)`.
constexpr place_index index_of(std::uint32_t slot, std::uint32_t chunk_min) noexcept {
  const unsigned chunk = static_cast<unsigned>(std::bit_width(slot / chunk_min + 1)) - 1;
  return {chunk, slot - chunk_min * ((1U << chunk) - 1)};
}
static_assert(index_of(63, 64).chunk == 0 && index_of(63, 64).offset == 63);
static_assert(index_of(64, 64).chunk == 1 && index_of(64, 64).offset == 0);
static_assert(index_of(191, 64).chunk == 1 && index_of(192, 64).chunk == 2);

/// One more; under the table's lock.
void count(atomic<std::uint64_t>& number) noexcept {
  // relaxed, both: only the lock's holder writes it.
  number.store(number.load(memory_order_relaxed) + 1, memory_order_relaxed);
}

}  // namespace

io_table::~io_table() {
  for (atomic<readiness*>& chunk : chunks_) {
    // relaxed: nobody else is left.
    delete[] chunk.load(memory_order_relaxed);
  }
}

result<readiness*> io_table::acquire() {
  const raw_guard guard(lock_);
  if (shut_) return std::unexpected(make_error_code(errc::runtime_shutdown));
  if (free_ != no_slot) {
    const std::uint32_t slot = free_;
    readiness* place = find(slot);
    free_ = place->next_free;
    place->open(slot);
    count(opened_);
    return place;
  }
  if (used_ == slot_max) {
    return std::unexpected(std::make_error_code(std::errc::too_many_files_open));
  }
  const place_index index = index_of(used_, chunk_min);
  if (index.offset == 0) {
    readiness* chunk = new (std::nothrow) readiness[std::size_t{chunk_min} << index.chunk];
    if (chunk == nullptr) {
      return std::unexpected(std::make_error_code(std::errc::not_enough_memory));
    }
    // release: pairs with the acquire in find(); the places are constructed.
    chunks_[index.chunk].store(chunk, memory_order_release);
  }
  const std::uint32_t slot = used_++;
  readiness* place = find(slot);
  place->open(slot);
  count(opened_);
  return place;
}

void io_table::release(readiness& place) noexcept {
  place.close();
  const raw_guard guard(lock_);
  place.next_free = free_;
  free_ = place.slot();
  count(closed_);
}

readiness* io_table::find(std::uint32_t slot) const noexcept {
  if (slot >= slot_max) return nullptr;
  const place_index index = index_of(slot, chunk_min);
  // acquire: pairs with the release in acquire().
  readiness* chunk = chunks_[index.chunk].load(memory_order_acquire);
  return chunk != nullptr ? chunk + index.offset : nullptr;
}

void io_table::shut_down(wake_batch& batch) noexcept {
  std::uint32_t used = 0;
  {
    const raw_guard guard(lock_);
    shut_ = true;
    used = used_;
  }
  // Every place that was ever open is below `used`; those that are free take no notice.
  for (std::uint32_t slot = 0; slot < used; ++slot) find(slot)->shut_down(batch);
}

}  // namespace edo::inline v0::detail
