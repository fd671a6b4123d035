/// Where an idle thread sleeps while it serves the kernel's events: what the scheduler sees of the
/// driver.
#pragma once

#include "edo/base/ref_ptr.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// One thread at a time holds it, and drives; `unpark` is never lost. The runtime makes one of its
/// driver, the tests and the simulator their own. Counted: a wake may call `unpark` after the
/// runtime is gone.
class parker : public ref_counted<parker> {
 public:
  parker() noexcept = default;
  parker(const parker&) = delete;
  parker& operator=(const parker&) = delete;
  virtual ~parker() = default;

  /// Takes the right to drive, or tells that another thread has it. Any thread, never waits.
  [[nodiscard]] virtual bool try_acquire() noexcept = 0;
  virtual void release() noexcept = 0;

  /// Sleeps until an event, a timer or `unpark`, at most `limit_ns` (negative: without a limit);
  /// wakes what is due on this thread before it returns. May return for nothing. Requires the right
  /// to drive, as does `poll`.
  virtual void park(std::int64_t limit_ns) noexcept = 0;
  /// The same without sleeping.
  virtual void poll() noexcept = 0;

  /// Makes `park` return, now or the next time. Any thread.
  virtual void unpark() noexcept = 0;
};

}  // namespace edo::inline v0::detail
