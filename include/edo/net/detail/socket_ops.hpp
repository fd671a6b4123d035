/// What a stream and its halves have in common, said once; users see it as members of those.
#pragma once

#include "edo/base/result.hpp"
#include "edo/io/byte_range.hpp"
#include "edo/net/socket_addr.hpp"
#include "edo/net/socket_futures.hpp"

#include <cstddef>
#include <span>

namespace edo::inline v0::detail {

[[nodiscard]] EDO_API result<std::size_t> try_read_some(socket& from, std::span<std::byte> into);
[[nodiscard]] EDO_API result<std::size_t> try_write_some(socket& to,
                                                         std::span<const std::byte> from);
[[nodiscard]] EDO_API result<socket_addr> local_addr_of(const socket& of) noexcept;
[[nodiscard]] EDO_API result<socket_addr> peer_addr_of(const socket& of) noexcept;

/// Who holds a socket tells which.
struct socket_access {
  template <class Self>
  [[nodiscard]] static socket& of(const Self& self) noexcept {
    return self.get_socket();
  }
};

/// The receiving side. `Self` has `get_socket()`.
template <class Self>
class reading {
 public:
  /// Receives into `buffer` what is there, at least one byte; 0: the peer has ended its side.
  ///
  /// Awaits: data, the end, or an error. An empty buffer gives 0 at once, without asking.
  /// Cancel safety: dropping it loses no byte; the next read gets them.
  /// Errors: what the system says, once (`connection_reset`; afterwards reads give 0);
  /// `errc::runtime_shutdown` when the runtime is gone.
  /// Threads: any one at a time that polls; reads of several tasks each get some of the bytes.
  /// Complexity: one `recv` when data is there, and none in vain after a short read; no allocation.
  /// The buffer and the stream are borrowed until the future ends. A peer that sends urgent data
  /// (MSG_OOB) may have its own bytes delayed until it sends more.
  /// Source: `tokio::io::AsyncReadExt::read`.
  template <mutable_byte_range B>
  [[nodiscard]] socket_read_future read(B&& buffer) const noexcept {
    return {here(), writable_bytes_of(buffer)};
  }

  /// As `read`, but never waits.
  /// Errors: also `operation_would_block`: nothing is there as far as the driver has seen.
  template <mutable_byte_range B>
  [[nodiscard]] result<std::size_t> try_read(B&& buffer) const {
    return try_read_some(here(), writable_bytes_of(buffer));
  }

  /// Awaits that `try_read` is worth trying: data, the end, or an error. It may be ready for
  /// nothing; it stays ready until a `try_read` has found nothing.
  /// Cancel safety: nothing is lost. Errors: `errc::runtime_shutdown`.
  [[nodiscard]] socket_ready_future readable() const noexcept {
    return {here(), io_direction::read};
  }

 private:
  [[nodiscard]] socket& here() const noexcept {
    return socket_access::of(static_cast<const Self&>(*this));
  }
};

/// The sending side. `Self` has `get_socket()`.
template <class Self>
class writing {
 public:
  /// Sends of `buffer` as much as the system takes, at least one byte, and gives the number.
  ///
  /// Awaits: room in the send buffer. An empty buffer gives 0 at once.
  /// Cancel safety: dropped before it is ready, nothing has been sent.
  /// Errors: what the system says (`broken_pipe`, `connection_reset`; SIGPIPE is never raised);
  /// `errc::runtime_shutdown` when the runtime is gone.
  /// Threads: any one at a time that polls; writes of several tasks are sent in no particular
  /// order. Complexity: one `send` when there is room, and none in vain after a short write; no
  /// allocation. The buffer and the stream are borrowed until the future ends. Source:
  /// `tokio::io::AsyncWriteExt::write`.
  template <byte_range B>
  [[nodiscard]] socket_write_future write(B&& buffer) const noexcept {
    return {here(), bytes_of(buffer)};
  }

  /// Sends all of `buffer`.
  ///
  /// Awaits: room in the send buffer, as often as it takes.
  /// Cancel safety: not cancel safe by itself: a part may have been sent when it is dropped. Who
  /// keeps the future (awaits it by reference) can ask it: `written()` bytes have been sent; write
  /// the rest to go on. The same after an error.
  /// Errors, threads, allocation: as `write`. Source: `tokio::io::AsyncWriteExt::write_all`.
  template <byte_range B>
  [[nodiscard]] socket_write_all_future write_all(B&& buffer) const noexcept {
    return {here(), bytes_of(buffer)};
  }

  /// As `write`, but never waits.
  /// Errors: also `operation_would_block`: there is no room as far as the driver has seen.
  template <byte_range B>
  [[nodiscard]] result<std::size_t> try_write(B&& buffer) const {
    return try_write_some(here(), bytes_of(buffer));
  }

  /// Awaits that `try_write` is worth trying: room, or an error. It may be ready for nothing; it
  /// stays ready until a `try_write` has found no room.
  /// Cancel safety: nothing is lost. Errors: `errc::runtime_shutdown`.
  [[nodiscard]] socket_ready_future writable() const noexcept {
    return {here(), io_direction::write};
  }

  /// Ends the sending side: the peer reads what was sent, then the end. Reading goes on.
  /// Awaits: nothing. Cancel safety: dropped before its first poll, nothing happens.
  /// Errors: what the system says (`not_connected` after a reset); a second call does nothing.
  /// Source: `tokio::io::AsyncWriteExt::shutdown`.
  [[nodiscard]] socket_shutdown_future shutdown() const noexcept {
    return socket_shutdown_future(here());
  }

 private:
  [[nodiscard]] socket& here() const noexcept {
    return socket_access::of(static_cast<const Self&>(*this));
  }
};

/// Both ends of the connection.
template <class Self>
class addressed {
 public:
  /// Errors: what the system says. Complexity: one system call.
  [[nodiscard]] result<socket_addr> local_addr() const noexcept {
    return local_addr_of(socket_access::of(static_cast<const Self&>(*this)));
  }
  /// Errors: what the system says (`not_connected` after a reset). Complexity: one system call.
  [[nodiscard]] result<socket_addr> peer_addr() const noexcept {
    return peer_addr_of(socket_access::of(static_cast<const Self&>(*this)));
  }
};

}  // namespace edo::inline v0::detail
