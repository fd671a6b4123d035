/// A connected socket: what streams and their halves share.
#pragma once

#include "edo/base/pool.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/driver/registration.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"
#include "edo/net/detail/socket_ref.hpp"
#include "edo/net/socket_addr.hpp"

#include <cstddef>
#include <span>

namespace edo::inline v0::detail {

class driver;

/// A non-blocking stream socket in a driver. Counted: a stream owns it, or two halves do.
///
/// Each operation waits with the waiter of its future, so that any number of futures may use one
/// socket. None has a state of its own here: a dropped operation leaves no trace.
/// Threads: all functions from any, also at once. Allocation: one block of the frame pool.
class socket : public ref_counted<socket> {
 public:
  /// Puts `fd` into `owner`; it is closed if that fails. Errors: as `registration::open`.
  [[nodiscard]] static result<socket_ref> open(driver& owner, unique_fd fd);

  /// The last owner closes the descriptor.
  ~socket();

  static void* operator new(std::size_t size) { return pool_allocate(size); }
  static void operator delete(void* block, std::size_t size) noexcept { pool_free(block, size); }

  /// One `recv`, when there is something to receive. Charges the budget when it is ready.
  [[nodiscard]] poll_result<result<std::size_t>> poll_read(io_waiter& waiter,
                                                           std::span<std::byte> into,
                                                           context& cx);
  /// One `send`, when there is room. Charges the budget when it is ready.
  [[nodiscard]] poll_result<result<std::size_t>> poll_write(io_waiter& waiter,
                                                            std::span<const std::byte> from,
                                                            context& cx);
  /// Ready when `direction` may make progress.
  [[nodiscard]] poll_result<result<void>> poll_ready(io_waiter& waiter,
                                                     io_direction direction,
                                                     context& cx);
  /// Ready when a connection that was begun is there, or has failed.
  [[nodiscard]] poll_result<result<void>> poll_connected(io_waiter& waiter, context& cx);

  /// Ends the sending side. Errors: what the system says.
  [[nodiscard]] result<void> shut_down_write() noexcept;

  [[nodiscard]] result<socket_addr> local_addr() const noexcept;
  [[nodiscard]] result<socket_addr> peer_addr() const noexcept;

  [[nodiscard]] int fd() const noexcept { return registration_.fd(); }

  /// Leaves the driver and gives the descriptor to the caller.
  [[nodiscard]] unique_fd release() noexcept { return registration_.release(); }

 private:
  explicit socket(registration place) noexcept : registration_(std::move(place)) {}

  registration registration_;
};

}  // namespace edo::inline v0::detail
