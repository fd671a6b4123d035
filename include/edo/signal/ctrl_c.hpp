/// A future for Ctrl-C.
#pragma once

#include "edo/base/result.hpp"
#include "edo/driver/driver_ref.hpp"
#include "edo/driver/signal_waiter.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

#include <source_location>
#include <system_error>

namespace edo::inline v0 {

/// The future of `ctrl_c`. Movable until it is first polled.
/// Threads: polled by one at a time. Complexity: O(1) each poll, no allocation; a signal wakes all
/// who wait, in O(waiters).
class [[nodiscard]] EDO_API ctrl_c_future {
 public:
  using output = result<void>;

  ctrl_c_future(ctrl_c_future&& other) noexcept;
  ctrl_c_future& operator=(ctrl_c_future&&) = delete;
  ~ctrl_c_future();

  poll_result<result<void>> poll(context& cx);

  /// For the library: waits on `driver`.
  explicit ctrl_c_future(detail::driver_ref driver);

 private:
  detail::driver_ref driver_;
  std::error_code error_;
  detail::signal_waiter waiter_;
};

/// Awaits the next Ctrl-C (SIGINT) after this call.
///
/// All who wait, in all runtimes of the process, are woken by one signal; several signals before a
/// poll count as one.
/// The first call installs edo's handler for the rest of the process: Ctrl-C does not end the
/// program any more, also when nobody waits. A handler that the program had installed before is
/// still called, after edo's; the default action is not restored.
/// Cancel safety: dropping it loses nothing but its own turn.
/// Errors: gives what the system says when the handler cannot be installed, and
/// `errc::runtime_shutdown`; throws `usage_error` EDO-E0009, with the caller's line, outside of a
/// runtime. Threads: any. Source: `tokio::signal::ctrl_c`.
[[nodiscard]] EDO_API ctrl_c_future
ctrl_c(std::source_location made_at = std::source_location::current());

}  // namespace edo::inline v0
