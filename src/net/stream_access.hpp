/// Makes streams of sockets, for this folder and its tests.
#pragma once

#include "edo/net/tcp_stream.hpp"

#include <utility>

namespace edo::inline v0::detail {

class driver;

struct stream_access {
  [[nodiscard]] static tcp_stream make(socket_ref of) noexcept { return tcp_stream(std::move(of)); }
  [[nodiscard]] static socket& socket_of(const tcp_stream& stream) noexcept {
    return *stream.socket_;
  }
};

/// As `tcp_stream::from_fd`, in a driver that the caller names.
[[nodiscard]] result<tcp_stream> open_stream(driver& owner, unique_fd fd);

/// Sets O_NONBLOCK and FD_CLOEXEC. Errors: what the system says.
[[nodiscard]] result<void> make_nonblocking(int fd) noexcept;

}  // namespace edo::inline v0::detail
