/// The seam between edo and the kernel's events. A new platform or backend is one file that
/// implements `reactor` and one factory; nothing else of edo sees epoll, io_uring or kqueue.
#pragma once

#include "edo/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace edo::inline v0::detail {

/// Names a registered descriptor: a slot of the driver's table, and how often that slot has been
/// used. It is all that the kernel is given to keep, never a pointer: an event that comes late,
/// for a descriptor that is gone, names a generation that is over and is dropped.
struct event_key {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  friend constexpr bool operator==(const event_key&, const event_key&) = default;
};

/// Slots from here on name the driver's own descriptors, not places in its table.
inline constexpr std::uint32_t reserved_slot_min = 0xffff'fff0U;
/// The descriptor behind the process's signal handlers.
inline constexpr event_key signal_key{reserved_slot_min, 0};

/// A descriptor has become ready. `bits` are those of `ready_state`.
struct ready_event {
  event_key key;
  std::uint32_t bits = 0;
};

/// At most so many events come out of one wait: a wait that found more than this would delay
/// timers and tasks; 1024 is what libuv and mio use. The rest comes with the next wait.
inline constexpr std::size_t event_batch_max = 1024;

/// Waits for descriptors to become ready. What a backend must do:
///
/// - **Edges.** After `add`, each change of a descriptor to readable, writable or closed is
///   reported at least once, and the state at the time of `add` too. Reports may be spurious; they
///   may join several changes; they must not be lost. New data on a descriptor that was readable
///   already is a change. One registration serves both directions.
/// - **Errors** on a descriptor are reported as `error | readable | writable`, so that whoever
///   waits tries its system call and gets the error from it.
/// - **No allocation, no throw** in `wait`, `wake` and `remove`.
/// - **Signals** (EINTR) are not seen by the caller: the wait goes on for what is left of it.
/// - **CLOEXEC** on every descriptor that the backend opens.
///
/// Threads: `add`, `remove` and `wake` from any, also while another thread waits, and an added
/// descriptor is then part of that wait; `wait` by one thread at a time.
class reactor {
 public:
  reactor() noexcept = default;
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;
  virtual ~reactor() = default;

  /// Starts to watch `fd`, which is non-blocking and stays open until `remove`.
  /// Errors: what the system says; nothing is watched then.
  [[nodiscard]] virtual result<void> add(int fd, event_key key) noexcept = 0;

  /// Stops. Events of `key` that a wait has already taken may still come; none is taken after.
  virtual void remove(int fd, event_key key) noexcept = 0;

  /// Waits until an event, a `wake`, or the limit (in nanoseconds of real time from now; negative:
  /// without one; 0: only looks). Never returns before the limit for any other reason than these.
  /// Returns how many events it put into `out`.
  [[nodiscard]] virtual std::size_t wait(std::int64_t limit_ns,
                                         std::span<ready_event> out) noexcept = 0;

  /// Makes the wait that is going on, or else the next one, return. Async-signal-safe.
  virtual void wake() noexcept = 0;
};

/// The backend on epoll: edge-triggered, an eventfd for `wake`.
/// Errors: `EMFILE`, `ENFILE`, `ENOMEM`.
[[nodiscard]] result<std::unique_ptr<reactor>> make_epoll_reactor();

}  // namespace edo::inline v0::detail
