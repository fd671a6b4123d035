/// What a future that waits for a deadline embeds; nothing here is meant for users.
#pragma once

#include "edo/future/waker.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// A deadline that never comes, in nanoseconds of a driver's clock.
inline constexpr std::int64_t never_ns = INT64_MAX;

/// A deadline known to a timer queue, in place in the future.
///
/// Everything but `registered_` is guarded by the queue's lock while `registered_` is set, and the
/// owner's alone while it is not. The functions are the queue's (src/driver/timer_queue.hpp).
class timer_entry {
 public:
  explicit timer_entry(std::int64_t deadline_ns) noexcept : deadline_ns_(deadline_ns) {}
  timer_entry(const timer_entry&) = delete;
  timer_entry& operator=(const timer_entry&) = delete;

  /// Written by the owner alone (through the queue), hence readable by it without the lock.
  [[nodiscard]] std::int64_t deadline_ns() const noexcept { return deadline_ns_; }

  /// True if a queue may hold a pointer to this entry: it must be cancelled before it dies.
  [[nodiscard]] bool is_registered() const noexcept { return registered_; }

 private:
  friend class timer_queue;
  friend class timer_heap;

  enum class phase : std::uint8_t { armed, fired, shut_down };

  // the owner's
  bool registered_ = false;

  // written by the owner under the lock, read by the queue under the lock
  std::int64_t deadline_ns_;

  // guarded by the queue's lock while registered
  phase phase_ = phase::armed;
  waker waker_;

  // a heap's links: the first child, the next sibling, the previous sibling or else the parent
  timer_entry* child_ = nullptr;
  timer_entry* sibling_ = nullptr;
  timer_entry* back_ = nullptr;
};

}  // namespace edo::inline v0::detail
