#include "net/socket.hpp"

#include "driver/driver.hpp"
#include "net/descriptor_relief.hpp"
#include "net/native_addr.hpp"
#include "net/system_call.hpp"

#include <sys/socket.h>
#include <utility>

namespace edo::inline v0::detail {

namespace {

/// The loop that `registration` describes: wait, call, and believe the call.
///
/// A short transfer clears the readiness without asking again: a stream socket that gave less than
/// it was asked for is empty (or full), and its next change is an edge. `clear_drained` keeps the
/// readiness where the end is near, because no edge follows the end.
template <class Call>
poll_result<result<std::size_t>> poll_transfer(const registration& place,
                                               io_waiter& waiter,
                                               io_direction direction,
                                               std::size_t asked,
                                               context& cx,
                                               Call call) {
  using output = result<std::size_t>;
  if (asked == 0) return output(std::size_t{0});
  if (!cx.try_charge()) return pending;
  while (true) {
    const poll_result<result<ready_state>> polled = place.poll_ready(waiter, direction, cx);
    if (polled.is_pending()) {
      cx.refund();
      return pending;
    }
    const result<ready_state>& ready = polled.value();
    if (!ready) return output(std::unexpect, ready.error());
    const ssize_t moved = retried(call);
    if (moved >= 0) {
      const auto count = static_cast<std::size_t>(moved);
      if (count != 0 && count < asked) place.clear_drained(direction, *ready);
      return output(count);
    }
    if (!would_block(errno)) return output(std::unexpect, last_error());
    place.clear_would_block(direction, *ready);
  }
}

result<socket_addr> read_addr(int fd, int (*call)(int, sockaddr*, socklen_t*)) noexcept {
  native_addr addr;
  if (call(fd, addr.get(), &addr.length) != 0) return std::unexpected(last_error());
  return from_native(addr);
}

}  // namespace

void add_ref(socket& target) noexcept { target.add_ref(); }
void drop_ref(socket& target) noexcept { target.drop_ref(); }

result<socket_ref> socket::open(driver& owner, unique_fd fd) {
  result<registration> place = registration::open(owner, std::move(fd));
  if (!place) return std::unexpected(place.error());
  return socket_ref::adopt(*new socket(*std::move(place)));
}

socket::~socket() {
  const bool closes = registration_.fd() >= 0;
  registration_ = registration();
  if (closes) process_relief().released();
}

poll_result<result<std::size_t>> socket::poll_read(io_waiter& waiter,
                                                   std::span<std::byte> into,
                                                   context& cx) {
  return poll_transfer(registration_, waiter, io_direction::read, into.size(), cx,
                       [&] { return ::recv(fd(), into.data(), into.size(), 0); });
}

poll_result<result<std::size_t>> socket::poll_write(io_waiter& waiter,
                                                    std::span<const std::byte> from,
                                                    context& cx) {
  return poll_transfer(registration_, waiter, io_direction::write, from.size(), cx,
                       [&] { return ::send(fd(), from.data(), from.size(), MSG_NOSIGNAL); });
}

poll_result<result<void>> socket::poll_ready(io_waiter& waiter,
                                             io_direction direction,
                                             context& cx) {
  if (!cx.try_charge()) return pending;
  const poll_result<result<ready_state>> polled = registration_.poll_ready(waiter, direction, cx);
  if (polled.is_pending()) {
    cx.refund();
    return pending;
  }
  if (!polled.value()) return result<void>(std::unexpect, polled.value().error());
  return result<void>();
}

poll_result<result<void>> socket::poll_connected(io_waiter& waiter, context& cx) {
  if (!cx.try_charge()) return pending;
  while (true) {
    const poll_result<result<ready_state>> polled =
        registration_.poll_ready(waiter, io_direction::write, cx);
    if (polled.is_pending()) {
      cx.refund();
      return pending;
    }
    if (!polled.value()) return result<void>(std::unexpect, polled.value().error());
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    if (error != 0) return result<void>(std::unexpect, error, std::system_category());
    // No error may also mean that the event was spurious: then there is no peer yet.
    const result<socket_addr> peer = peer_addr();
    if (peer) return result<void>();
    if (peer.error() != std::errc::not_connected) return result<void>(std::unexpect, peer.error());
    registration_.clear_would_block(io_direction::write, *polled.value());
  }
}

result<void> socket::shut_down_write() noexcept {
  if (::shutdown(fd(), SHUT_WR) != 0) return std::unexpected(last_error());
  return {};
}

result<socket_addr> socket::local_addr() const noexcept { return read_addr(fd(), &::getsockname); }
result<socket_addr> socket::peer_addr() const noexcept { return read_addr(fd(), &::getpeername); }

}  // namespace edo::inline v0::detail
