#include "edo/net/socket_futures.hpp"

#include "edo/base/assert.hpp"
#include "edo/net/detail/socket_ops.hpp"

#include "net/socket.hpp"

namespace edo::inline v0 {

poll_result<result<std::size_t>> socket_read_future::poll(context& cx) {
  progress_.begin(cx, "read");
  return detail::noted(progress_, socket_->poll_read(waiter_, into_, cx));
}

poll_result<result<std::size_t>> socket_write_future::poll(context& cx) {
  progress_.begin(cx, "write");
  return detail::noted(progress_, socket_->poll_write(waiter_, from_, cx));
}

poll_result<result<void>> socket_write_all_future::poll(context& cx) {
  progress_.begin(cx, "write_all");
  while (written_ < from_.size()) {
    const poll_result<result<std::size_t>> polled =
        socket_->poll_write(waiter_, from_.subspan(written_), cx);
    if (polled.is_pending()) return pending;
    const result<std::size_t>& sent = polled.value();
    if (!sent) {
      progress_.finish();
      return output(std::unexpect, sent.error());
    }
    EDO_ASSERT(*sent != 0);  // a stream socket takes something or says why not
    written_ += *sent;
  }
  progress_.finish();
  return output();
}

poll_result<result<void>> socket_ready_future::poll(context& cx) {
  progress_.begin(cx, direction_ == detail::io_direction::read ? "readable" : "writable");
  return detail::noted(progress_, socket_->poll_ready(waiter_, direction_, cx));
}

poll_result<result<void>> socket_shutdown_future::poll(context& cx) {
  progress_.begin(cx, "shutdown");
  progress_.finish();
  return socket_->shut_down_write();
}

namespace detail {

namespace {
/// A poll that nobody waits for: pending means that the call would block.
template <class Poll>
result<std::size_t> try_now(Poll poll) {
  io_waiter waiter;
  context cx(waker::noop());
  const poll_result<result<std::size_t>> polled = poll(waiter, cx);
  if (polled.is_ready()) return polled.value();
  return std::unexpected(std::make_error_code(std::errc::operation_would_block));
}
}  // namespace

result<std::size_t> try_read_some(socket& from, std::span<std::byte> into) {
  return try_now([&](io_waiter& waiter, context& cx) { return from.poll_read(waiter, into, cx); });
}

result<std::size_t> try_write_some(socket& to, std::span<const std::byte> from) {
  return try_now([&](io_waiter& waiter, context& cx) { return to.poll_write(waiter, from, cx); });
}

result<socket_addr> local_addr_of(const socket& of) noexcept { return of.local_addr(); }
result<socket_addr> peer_addr_of(const socket& of) noexcept { return of.peer_addr(); }

}  // namespace detail

}  // namespace edo::inline v0
