#include "edo/net/tcp_stream.hpp"

#include "edo/net/lookup_host.hpp"

#include "driver/driver.hpp"
#include "net/native_addr.hpp"
#include "net/socket.hpp"
#include "net/stream_access.hpp"
#include "net/system_call.hpp"
#include "runtime/context.hpp"

#include <fcntl.h>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace edo::inline v0 {

namespace {

/// Begins a connection. It goes on by itself; its end is an event.
result<unique_fd> begin_connect(const socket_addr& peer) noexcept {
  const detail::native_addr addr = detail::to_native(peer);
  unique_fd fd(::socket(addr.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!fd) return std::unexpected(detail::last_error());
  // Not repeated after EINTR: the first call goes on, as after EINPROGRESS.
  if (::connect(fd.get(), addr.get(), addr.length) != 0 && errno != EINPROGRESS && errno != EINTR) {
    return std::unexpected(detail::last_error());
  }
  return fd;
}

async<result<tcp_stream>> connect_by_name(std::string peer, std::source_location where) {
  const std::vector<socket_addr> addrs = co_await try_(lookup_host(peer, where));
  std::error_code error;
  for (const socket_addr& addr : addrs) {
    auto connected = co_await tcp_stream::connect(addr, where);
    if (connected) co_return connected;
    error = connected.error();
  }
  co_return std::unexpected(error);
}

}  // namespace

namespace detail {

result<void> make_nonblocking(int fd) noexcept {
  const int status = ::fcntl(fd, F_GETFL);
  if (status == -1 || ::fcntl(fd, F_SETFL, status | O_NONBLOCK) == -1 ||
      ::fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
    return std::unexpected(last_error());
  }
  return {};
}

result<tcp_stream> open_stream(driver& owner, unique_fd fd) {
  result<socket_ref> opened = socket::open(owner, std::move(fd));
  if (!opened) return std::unexpected(opened.error());
  return stream_access::make(*std::move(opened));
}

}  // namespace detail

async<result<tcp_stream>> tcp_stream::connect(std::string_view peer, std::source_location where) {
  return connect_by_name(std::string(peer), where);
}

result<tcp_stream> tcp_stream::from_fd(unique_fd fd, std::source_location where) {
  detail::driver& owner = *detail::current_driver(where);
  const result<void> ready = detail::make_nonblocking(fd.get());
  if (!ready) return std::unexpected(ready.error());
  return detail::open_stream(owner, std::move(fd));
}

unique_fd tcp_stream::release() && noexcept {
  unique_fd fd = socket_->release();
  socket_ = {};
  return fd;
}

tcp_owned_halves tcp_stream::into_split() && noexcept {
  tcp_owned_read_half reader{detail::socket_ref(*socket_)};
  return {std::move(reader), tcp_owned_write_half(std::move(socket_))};
}

std::expected<tcp_stream, tcp_owned_halves> tcp_stream::reunite(tcp_owned_halves halves) noexcept {
  if (halves.reader.socket_ != halves.writer.socket_) return std::unexpected(std::move(halves));
  std::move(halves.writer).forget();
  return tcp_stream(std::move(halves.reader.socket_));
}

result<void> tcp_stream::set_nodelay(bool on) noexcept {
  const int value = on ? 1 : 0;
  if (::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &value, sizeof value) != 0) {
    return std::unexpected(detail::last_error());
  }
  return {};
}

result<bool> tcp_stream::nodelay() const noexcept {
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &value, &length) != 0) {
    return std::unexpected(detail::last_error());
  }
  return value != 0;
}

int tcp_stream::fd() const noexcept { return socket_->fd(); }

tcp_owned_write_half& tcp_owned_write_half::operator=(tcp_owned_write_half&& other) noexcept {
  const tcp_owned_write_half ended(std::move(*this));
  socket_ = std::move(other.socket_);
  return *this;
}

tcp_owned_write_half::~tcp_owned_write_half() {
  // An error means that the connection has ended already.
  if (socket_) static_cast<void>(socket_->shut_down_write());
}

poll_result<result<tcp_stream>> tcp_connect_future::poll(context& cx) {
  progress_.begin(cx, "tcp_stream::connect");
  if (!socket_) {
    const result<void> begun = begin();
    if (!begun) {
      progress_.finish();
      return output(std::unexpect, begun.error());
    }
  }
  return detail::noted(progress_, poll_connected(cx));
}

result<void> tcp_connect_future::begin() {
  detail::driver& owner = *detail::current_driver(where_);
  result<unique_fd> fd = begin_connect(peer_);
  if (!fd) return std::unexpected(fd.error());
  // Registered after `connect`: before it, the system reports a socket as closed.
  result<detail::socket_ref> opened = detail::socket::open(owner, *std::move(fd));
  if (!opened) return std::unexpected(opened.error());
  socket_ = *std::move(opened);
  waiter_.emplace();
  return {};
}

poll_result<result<tcp_stream>> tcp_connect_future::poll_connected(context& cx) {
  const poll_result<result<void>> polled = socket_->poll_connected(*waiter_, cx);
  if (polled.is_pending()) return pending;
  waiter_.reset();
  detail::socket_ref opened = std::move(socket_);
  if (!polled.value()) return output(std::unexpect, polled.value().error());
  return output(detail::stream_access::make(std::move(opened)));
}

}  // namespace edo::inline v0
