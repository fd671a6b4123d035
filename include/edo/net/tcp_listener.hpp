/// Accepts TCP connections.
#pragma once

#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/future/async.hpp"
#include "edo/future/detail/progress_mark.hpp"
#include "edo/net/detail/accept_pause.hpp"
#include "edo/net/socket_addr.hpp"
#include "edo/net/tcp_stream.hpp"

#include <cstdint>
#include <optional>
#include <source_location>
#include <string_view>
#include <utility>

namespace edo::inline v0 {

namespace detail {
class listener;  // src/net/listener.hpp
struct listener_access;
EDO_API void destroy(listener& target) noexcept;
}  // namespace detail

/// A connection that was accepted.
struct accepted {
  tcp_stream stream;
  socket_addr peer;
};

/// How a listener is made.
struct listener_options {
  int backlog = 1024;       ///< Connections that wait to be accepted; the system may cap it.
  bool reuse_addr = true;   ///< Listen although connections of a former listener linger.
  bool reuse_port = false;  ///< Several listeners share the port, if all of them say so.
};

/// What a listener has done so far.
struct accept_stats {
  std::uint64_t accepted = 0;   ///< Connections handed out.
  std::uint64_t attempts = 0;   ///< Calls of the system, successful or not.
  std::uint64_t aborted = 0;    ///< Connections that were gone before they were accepted.
  std::uint64_t exhausted = 0;  ///< Times that descriptors or memory had run out.
};

/// The future of `tcp_listener::accept`.
class [[nodiscard]] EDO_API accept_future {
 public:
  using output = result<accepted>;

  explicit accept_future(detail::listener& from) noexcept : listener_(&from) {}

  poll_result<output> poll(context& cx);

 private:
  detail::listener* listener_;
  detail::io_waiter waiter_;
  detail::accept_pause pause_;
  detail::progress_mark progress_;
};

/// A socket that clients connect to.
///
/// Destroying it closes it; connections that nobody accepted are reset. A future of it borrows it
/// (it may be moved meanwhile). Movable; a moved-from listener may be destroyed and assigned only.
/// Threads: any number of tasks may accept at once. It may outlive its runtime, and `accept` then
/// gives `errc::runtime_shutdown`.
/// Source: `tokio::net::TcpListener`.
class EDO_API tcp_listener {
 public:
  tcp_listener(tcp_listener&& other) noexcept
      : listener_(std::exchange(other.listener_, nullptr)) {}
  tcp_listener& operator=(tcp_listener&& other) noexcept {
    const tcp_listener closed(std::exchange(listener_, std::exchange(other.listener_, nullptr)));
    return *this;
  }
  ~tcp_listener() {
    if (listener_ != nullptr) detail::destroy(*listener_);
  }

  /// Listens at `addr`; port 0 lets the system choose one, which `local_addr()` tells.
  ///
  /// Awaits: nothing. Errors: what the system says (`address_in_use`, `permission_denied`,
  /// `address_not_available`); `errc::runtime_shutdown`. `usage_error` EDO-E0009 without a runtime.
  /// Source: `tokio::net::TcpListener::bind`.
  EDO_CORO_WRAPPER [[nodiscard]] static async<result<tcp_listener>> bind(
      const socket_addr& addr,
      listener_options options = {},
      std::source_location where = std::source_location::current());

  /// The same at `host:port`, where the host is an address or a name (see `lookup_host`): at the
  /// first of its addresses where it succeeds. Awaits: the lookup of a name.
  EDO_CORO_WRAPPER [[nodiscard]] static async<result<tcp_listener>> bind(
      std::string_view addr,
      listener_options options = {},
      std::source_location where = std::source_location::current());

  /// Takes a socket that listens already, and makes it non-blocking.
  /// Errors: as `tcp_stream::from_fd`.
  [[nodiscard]] static result<tcp_listener> from_fd(
      unique_fd fd, std::source_location where = std::source_location::current());

  /// Accepts the next connection.
  ///
  /// Awaits: a connection. One that was gone before it could be accepted is skipped. When
  /// descriptors or memory have run out, it waits (10 ms, doubling up to 1 s, or until edo closes a
  /// socket) and tries again: the connections stay in the backlog, and the listener goes on. The
  /// pause is the listener's: making a new `accept` does not cut it short.
  /// Cancel safety: dropping it loses no connection. Errors: what makes the listener useless;
  /// `errc::runtime_shutdown`.
  /// Threads: any number at once, each gets connections of its own. Complexity: one system call
  /// for a connection, one more when the backlog is empty.
  /// Source: `tokio::net::TcpListener::accept`.
  [[nodiscard]] accept_future accept() const noexcept { return accept_future(*listener_); }

  /// Where it listens. Errors: what the system says.
  [[nodiscard]] result<socket_addr> local_addr() const noexcept;

  /// A snapshot. Threads: any.
  [[nodiscard]] accept_stats stats() const noexcept;

  /// The descriptor, which stays the listener's.
  [[nodiscard]] int fd() const noexcept;

 private:
  friend struct detail::listener_access;

  explicit tcp_listener(detail::listener* adopted) noexcept : listener_(adopted) {}

  detail::listener* listener_;
};

}  // namespace edo::inline v0
