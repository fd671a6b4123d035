/// A descriptor that a driver watches; nothing here is meant for users.
#pragma once

#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/driver/driver_ref.hpp"
#include "edo/driver/io_waiter.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// What a descriptor was seen to be ready for, with the tick of the last event behind it.
/// A copy of half of the readiness word (src/driver/readiness.hpp): give it to `clear_…` later.
class ready_state {
 public:
  static constexpr std::uint32_t readable = 1;
  static constexpr std::uint32_t writable = 2;
  static constexpr std::uint32_t read_closed = 4;   ///< End of file, or nobody can send any more.
  static constexpr std::uint32_t write_closed = 8;  ///< Nobody can receive any more.
  static constexpr std::uint32_t error = 16;        ///< An error is pending on the descriptor.
  static constexpr std::uint32_t shut_down = 32;    ///< The driver is gone for good.
  static constexpr std::uint32_t bits_mask = 0xff;
  static constexpr unsigned tick_shift = 8;

  constexpr ready_state() noexcept = default;
  explicit constexpr ready_state(std::uint32_t word) noexcept : word_(word) {}

  [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return word_ & bits_mask; }
  [[nodiscard]] constexpr std::uint32_t tick() const noexcept { return word_ >> tick_shift; }
  [[nodiscard]] constexpr bool has(std::uint32_t any_of) const noexcept {
    return (word_ & any_of) != 0;
  }

 private:
  std::uint32_t word_ = 0;
};

/// Owns a non-blocking descriptor and its place in a driver.
///
/// The descriptor is registered once, edge-triggered, for both directions. An operation is a loop:
///
///     for (;;) {
///       auto ready = reg.poll_ready(waiter, io_direction::read, cx);   // waiter: in the future
///       if (ready.is_pending()) return pending;
///       if (!ready.value()) return std::unexpected(ready.value().error());
///       n = ::recv(reg.fd(), …);                                       // EINTR: again
///       if (would block) { reg.clear_would_block(io_direction::read, *ready.value()); continue; }
///       if (0 < n && n < asked) reg.clear_drained(io_direction::read, *ready.value());
///       return n;
///     }
///
/// A state may be stale or too rosy: only the system call tells. Clearing with the state that was
/// seen *before* the call never loses an event that came during it.
///
/// Destruction deregisters, then closes, in this order, so that no event of the old descriptor can
/// meet a new one of the same number; events already on their way are told by their generation.
/// Connect first, then register: a TCP socket that was never connected reports "closed".
///
/// Threads: `poll_ready` and `clear_…` from any, also at once; the rest as a plain value.
/// Allocation: none for each operation; a driver's table grows by chunks and keeps them.
/// Source: `tokio::runtime::io::Registration`.
class EDO_API registration {
 public:
  /// Owns nothing.
  registration() noexcept = default;

  /// Registers `fd`, which must be non-blocking; it is closed if that fails.
  /// Errors: `errc::runtime_shutdown`; what the system says (`EPERM`: not pollable, `ENOMEM`, …).
  [[nodiscard]] static result<registration> open(driver& owner, unique_fd fd);

  registration(registration&& other) noexcept;
  registration& operator=(registration&& other) noexcept;
  ~registration();

  [[nodiscard]] explicit operator bool() const noexcept { return readiness_ != nullptr; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// The driver that watches. Requires a registered descriptor.
  [[nodiscard]] driver& owner() const noexcept { return *driver_; }

  /// Deregisters without closing, and gives the descriptor to the caller.
  [[nodiscard]] unique_fd release() noexcept;

  /// Waits, with the future's own waiter: for any number of futures at once.
  /// Cancel safety: destroying the waiter leaves no trace. Errors: `errc::runtime_shutdown`.
  [[nodiscard]] poll_result<result<ready_state>> poll_ready(io_waiter& waiter,
                                                            io_direction direction,
                                                            context& cx) const;

  /// Waits without a waiter: for poll functions that have no future to put one in. There is one
  /// place for each direction, and the last caller has it.
  [[nodiscard]] poll_result<result<ready_state>> poll_ready(io_direction direction,
                                                            context& cx) const;

  /// The system call said EAGAIN: not ready, unless an event has come since `seen`.
  void clear_would_block(io_direction direction, ready_state seen) const noexcept;

  /// The system call did less than it was asked for (and more than nothing), so that the next
  /// would say EAGAIN: not ready, unless an event has come since `seen` or the end is near.
  void clear_drained(io_direction direction, ready_state seen) const noexcept;

 private:
  registration(driver& owner, readiness& place, unique_fd fd) noexcept;
  void deregister() noexcept;

  driver_ref driver_;
  readiness* readiness_ = nullptr;
  unique_fd fd_;
};

}  // namespace edo::inline v0::detail
