#include "edo/net/tcp_listener.hpp"

#include "edo/net/lookup_host.hpp"

#include "driver/driver.hpp"
#include "net/listener.hpp"
#include "net/native_addr.hpp"
#include "net/stream_access.hpp"
#include "net/system_call.hpp"
#include "runtime/context.hpp"

#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace edo::inline v0 {

namespace {

result<void> set_flag(int fd, int option) noexcept {
  const int on = 1;
  if (::setsockopt(fd, SOL_SOCKET, option, &on, sizeof on) != 0) {
    return std::unexpected(detail::last_error());
  }
  return {};
}

result<unique_fd> begin_listen(const socket_addr& at, const listener_options& options) noexcept {
  const detail::native_addr addr = detail::to_native(at);
  unique_fd fd(::socket(addr.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!fd) return std::unexpected(detail::last_error());
  result<void> set;
  if (options.reuse_addr) set = set_flag(fd.get(), SO_REUSEADDR);
  if (set && options.reuse_port) set = set_flag(fd.get(), SO_REUSEPORT);
  if (!set) return std::unexpected(set.error());
  if (::bind(fd.get(), addr.get(), addr.length) != 0 || ::listen(fd.get(), options.backlog) != 0) {
    return std::unexpected(detail::last_error());
  }
  return fd;
}

async<result<tcp_listener>> bind_addr(socket_addr addr,
                                      listener_options options,
                                      std::source_location where) {
  co_return detail::listen_at(*detail::current_driver(where), addr, options);
}

async<result<tcp_listener>> bind_name(std::string name,
                                      listener_options options,
                                      std::source_location where) {
  const std::vector<socket_addr> addrs = co_await try_(lookup_host(name, where));
  std::error_code error;
  for (const socket_addr& addr : addrs) {
    auto bound = detail::listen_at(*detail::current_driver(where), addr, options);
    if (bound) co_return bound;
    error = bound.error();
  }
  co_return std::unexpected(error);
}

}  // namespace

namespace detail {
result<tcp_listener> listen_at(driver& owner,
                               const socket_addr& addr,
                               const listener_options& options) {
  result<unique_fd> fd = begin_listen(addr, options);
  if (!fd) return std::unexpected(fd.error());
  return listener::open(owner, *std::move(fd));
}
}  // namespace detail

async<result<tcp_listener>> tcp_listener::bind(const socket_addr& addr,
                                               listener_options options,
                                               std::source_location where) {
  return bind_addr(addr, options, where);
}

async<result<tcp_listener>> tcp_listener::bind(std::string_view addr,
                                               listener_options options,
                                               std::source_location where) {
  return bind_name(std::string(addr), options, where);
}

result<tcp_listener> tcp_listener::from_fd(unique_fd fd, std::source_location where) {
  detail::driver& owner = *detail::current_driver(where);
  const result<void> ready = detail::make_nonblocking(fd.get());
  if (!ready) return std::unexpected(ready.error());
  return detail::listener::open(owner, std::move(fd));
}

result<socket_addr> tcp_listener::local_addr() const noexcept {
  detail::native_addr addr;
  if (::getsockname(fd(), addr.get(), &addr.length) != 0) {
    return std::unexpected(detail::last_error());
  }
  return detail::from_native(addr);
}

accept_stats tcp_listener::stats() const noexcept { return listener_->stats(); }
int tcp_listener::fd() const noexcept { return listener_->fd(); }

poll_result<result<accepted>> accept_future::poll(context& cx) {
  progress_.begin(cx, "accept");
  if (!cx.try_charge()) return pending;
  poll_result<output> polled = listener_->poll_accept(waiter_, pause_, cx);
  if (polled.is_pending()) cx.refund();
  return detail::noted(progress_, std::move(polled));
}

}  // namespace edo::inline v0
