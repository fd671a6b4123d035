/// The two directions of a TCP connection, apart.
#pragma once

#include "edo/net/detail/socket_ops.hpp"
#include "edo/net/detail/socket_ref.hpp"

#include <utility>

namespace edo::inline v0 {

class tcp_stream;

/// The receiving half of a `tcp_stream`, borrowed: `tcp_stream::split`.
/// Threads: the two halves may be used at once, in one task or in two.
class tcp_read_half : public detail::reading<tcp_read_half>,
                      public detail::addressed<tcp_read_half> {
 private:
  friend class tcp_stream;
  friend struct detail::socket_access;

  explicit tcp_read_half(detail::socket& of) noexcept : socket_(&of) {}
  [[nodiscard]] detail::socket& get_socket() const noexcept { return *socket_; }

  detail::socket* socket_;
};

/// The sending half of a `tcp_stream`, borrowed: `tcp_stream::split`.
/// Threads: the two halves may be used at once, in one task or in two.
class tcp_write_half : public detail::writing<tcp_write_half>,
                       public detail::addressed<tcp_write_half> {
 private:
  friend class tcp_stream;
  friend struct detail::socket_access;

  explicit tcp_write_half(detail::socket& of) noexcept : socket_(&of) {}
  [[nodiscard]] detail::socket& get_socket() const noexcept { return *socket_; }

  detail::socket* socket_;
};

/// The receiving half of a connection, owned: `tcp_stream::into_split`. The connection is closed
/// when both halves are gone. Movable; a moved-from half may be destroyed and assigned only.
class tcp_owned_read_half : public detail::reading<tcp_owned_read_half>,
                            public detail::addressed<tcp_owned_read_half> {
 private:
  friend class tcp_stream;
  friend struct detail::socket_access;

  explicit tcp_owned_read_half(detail::socket_ref of) noexcept : socket_(std::move(of)) {}
  [[nodiscard]] detail::socket& get_socket() const noexcept { return *socket_; }

  detail::socket_ref socket_;
};

/// The sending half of a connection, owned: `tcp_stream::into_split`. Destroying it ends the
/// sending side, so that the peer reads the end; `forget` does not. Movable; a moved-from half may
/// be destroyed and assigned only.
class EDO_API tcp_owned_write_half : public detail::writing<tcp_owned_write_half>,
                                     public detail::addressed<tcp_owned_write_half> {
 public:
  tcp_owned_write_half(tcp_owned_write_half&& other) noexcept = default;
  tcp_owned_write_half& operator=(tcp_owned_write_half&& other) noexcept;
  ~tcp_owned_write_half();

  /// Destroys the half without ending the sending side.
  void forget() && noexcept { socket_ = {}; }

 private:
  friend class tcp_stream;
  friend struct detail::socket_access;

  explicit tcp_owned_write_half(detail::socket_ref of) noexcept : socket_(std::move(of)) {}
  [[nodiscard]] detail::socket& get_socket() const noexcept { return *socket_; }

  detail::socket_ref socket_;
};

/// What `tcp_stream::split` gives.
struct tcp_halves {
  tcp_read_half reader;
  tcp_write_half writer;
};

/// What `tcp_stream::into_split` gives, and `tcp_stream::reunite` takes.
struct tcp_owned_halves {
  tcp_owned_read_half reader;
  tcp_owned_write_half writer;
};

}  // namespace edo::inline v0
