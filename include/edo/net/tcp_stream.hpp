/// A TCP connection.
#pragma once

#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/driver/io_waiter.hpp"
#include "edo/future/async.hpp"
#include "edo/future/detail/progress_mark.hpp"
#include "edo/net/detail/socket_ops.hpp"
#include "edo/net/detail/socket_ref.hpp"
#include "edo/net/tcp_split.hpp"

#include <expected>
#include <optional>
#include <source_location>
#include <string_view>
#include <utility>

namespace edo::inline v0 {

class tcp_connect_future;

namespace detail {
struct stream_access;
}

/// A connection to a peer: bytes in order, both ways.
///
/// Destroying it closes it. A future of it borrows it: the stream must live until the future has
/// ended or is dropped (it may be moved meanwhile). Movable; a moved-from stream may be destroyed
/// and assigned only.
/// Threads: one that reads and one that writes may use it at once; it may outlive its runtime, and
/// its operations then give `errc::runtime_shutdown`.
/// Allocation: one block of the frame pool for a connection, none for an operation.
/// Source: `tokio::net::TcpStream`.
class EDO_API tcp_stream : public detail::reading<tcp_stream>,
                           public detail::writing<tcp_stream>,
                           public detail::addressed<tcp_stream> {
 public:
  /// Connects to `peer`.
  ///
  /// Awaits: the connection, or its failure. It sets no deadline: see `timeout`.
  /// Cancel safety: dropping it closes the socket; the peer may see a connection that ends at once.
  /// Errors: what the system says (`connection_refused`, `network_unreachable`, …);
  /// `errc::runtime_shutdown`. The first poll throws `usage_error` EDO-E0009 without a runtime.
  /// Threads: any; one at a time polls. Source: `tokio::net::TcpStream::connect`.
  [[nodiscard]] static tcp_connect_future connect(
      const socket_addr& peer,
      std::source_location where = std::source_location::current()) noexcept;

  /// Connects to `host:port`, where the host is an address or a name (see `lookup_host`); its
  /// addresses are tried one after the other. Errors: the last one's; those of `lookup_host`.
  /// Cancel safety: as above; a lookup that has begun goes on without effect.
  EDO_CORO_WRAPPER [[nodiscard]] static async<result<tcp_stream>> connect(
      std::string_view peer, std::source_location where = std::source_location::current());

  /// Takes a connected stream socket, and makes it non-blocking.
  /// Errors: what the system says; the descriptor is closed then. `usage_error` EDO-E0009 without a
  /// runtime.
  [[nodiscard]] static result<tcp_stream> from_fd(
      unique_fd fd, std::source_location where = std::source_location::current());

  /// Gives up the connection to the caller: a non-blocking descriptor. No future of it may live.
  [[nodiscard]] unique_fd release() && noexcept;

  /// The two directions, borrowed from this stream, which must stay while they are used.
  [[nodiscard]] tcp_halves split() noexcept {
    return {tcp_read_half(*socket_), tcp_write_half(*socket_)};
  }

  /// The two directions, each an owner: for two tasks. Destroying the writer ends the sending side.
  [[nodiscard]] tcp_owned_halves into_split() && noexcept;

  /// The stream that two halves came from; halves of different streams are given back.
  [[nodiscard]] static std::expected<tcp_stream, tcp_owned_halves> reunite(
      tcp_owned_halves halves) noexcept;

  /// Sends small writes at once (true) or lets the system collect them (Nagle's algorithm).
  result<void> set_nodelay(bool on) noexcept;
  [[nodiscard]] result<bool> nodelay() const noexcept;

  /// The descriptor, which stays the stream's: for options that have no function here.
  [[nodiscard]] int fd() const noexcept;

 private:
  friend struct detail::socket_access;
  friend struct detail::stream_access;

  explicit tcp_stream(detail::socket_ref of) noexcept : socket_(std::move(of)) {}
  [[nodiscard]] detail::socket& get_socket() const noexcept { return *socket_; }

  detail::socket_ref socket_;
};

/// The future of `tcp_stream::connect` over an address.
class [[nodiscard]] EDO_API tcp_connect_future {
 public:
  using output = result<tcp_stream>;

  tcp_connect_future(const socket_addr& peer, std::source_location where) noexcept
      : peer_(peer), where_(where) {}

  poll_result<output> poll(context& cx);

 private:
  [[nodiscard]] result<void> begin();
  [[nodiscard]] poll_result<output> poll_connected(context& cx);

  socket_addr peer_;
  std::source_location where_;
  detail::socket_ref socket_;                // since the first poll, until it is connected
  std::optional<detail::io_waiter> waiter_;  // the same: this future may outlive the stream
  detail::progress_mark progress_;
};

inline tcp_connect_future tcp_stream::connect(const socket_addr& peer,
                                              std::source_location where) noexcept {
  return {peer, where};
}

}  // namespace edo::inline v0
