/// The places of a driver's descriptors, by slot.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/result.hpp"

#include "driver/reactor.hpp"
#include "driver/readiness.hpp"
#include "driver/wake_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace edo::inline v0::detail {

/// Hands out places and finds them again by slot, without a lock for those who find.
///
/// Places never move and are never given back to the system before the table ends (a free one is
/// used again first): so an event that names a slot may always look at it, and the generation in
/// the place tells whether it is meant. Memory: 96 bytes for each descriptor of the most that were
/// ever open at once.
///
/// Threads: `acquire`, `release` and `shut_down` from any; `find` from the holder of the driver.
class io_table {
 public:
  io_table() noexcept = default;
  io_table(const io_table&) = delete;
  io_table& operator=(const io_table&) = delete;
  ~io_table();

  /// A place for a descriptor. Errors: `errc::runtime_shutdown`, `not_enough_memory`,
  /// `too_many_files_open` (over 67 million).
  [[nodiscard]] result<readiness*> acquire();

  /// Closes the place and takes it back.
  void release(readiness& place) noexcept;

  /// The place of a slot, or null if no such slot was ever handed out.
  [[nodiscard]] readiness* find(std::uint32_t slot) const noexcept;

  /// How many descriptors have a place now, and how many have had one. Any thread; a moment's view.
  [[nodiscard]] std::size_t live() const noexcept {
    // relaxed, both: hints, each written under the lock.
    return opened_.load(memory_order_relaxed) - closed_.load(memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t opened() const noexcept {
    // relaxed: as above.
    return opened_.load(memory_order_relaxed);
  }

  /// Every descriptor's users are woken and see the end; no place is handed out any more.
  void shut_down(wake_batch& batch) noexcept;

 private:
  // Chunk k holds `chunk_min << k` places, so a fixed array of 20 chunks is enough for ever.
  static constexpr std::uint32_t chunk_min = 64;
  static constexpr std::uint32_t chunk_count = 20;
  static constexpr std::uint32_t slot_max = chunk_min * ((1U << chunk_count) - 1);
  static constexpr std::uint32_t no_slot = UINT32_MAX;
  static_assert(slot_max < reserved_slot_min);

  // any thread, atomic: written once each, under lock_
  atomic<readiness*> chunks_[chunk_count]{};

  raw_mutex lock_;
  std::uint32_t free_ EDO_GUARDED_BY(lock_) = no_slot;
  std::uint32_t used_ EDO_GUARDED_BY(lock_) = 0;  // slots below it exist
  bool shut_ EDO_GUARDED_BY(lock_) = false;

  // any thread, atomic: written under lock_
  atomic<std::uint64_t> opened_{0};
  atomic<std::uint64_t> closed_{0};
};

}  // namespace edo::inline v0::detail
