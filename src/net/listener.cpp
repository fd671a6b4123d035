#include "net/listener.hpp"

#include "edo/base/error.hpp"

#include "driver/driver.hpp"
#include "net/descriptor_relief.hpp"
#include "net/native_addr.hpp"
#include "net/socket.hpp"
#include "net/stream_access.hpp"
#include "net/system_call.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <utility>

namespace edo::inline v0::detail {

namespace {
void count(atomic<std::uint64_t>& counter) noexcept {
  // relaxed: a statistic.
  counter.fetch_add(1, memory_order_relaxed);
}
std::uint64_t value_of(const atomic<std::uint64_t>& counter) noexcept {
  // relaxed: a statistic.
  return counter.load(memory_order_relaxed);
}
}  // namespace

void destroy(listener& target) noexcept { delete &target; }

result<tcp_listener> listener::open(driver& owner, unique_fd fd) {
  result<registration> place = registration::open(owner, std::move(fd));
  if (!place) return std::unexpected(place.error());
  return listener_access::make(*new listener(*std::move(place)));
}

listener::~listener() {
  registration_ = registration();
  process_relief().released();
}

/// What `accept4` failing with `error` means (accept(2), "Error handling": on Linux it also hands
/// on errors of the network that belong to the connection, and are like a connection that is gone).
listener::verdict listener::judge(int error) noexcept {
  switch (error) {
    case EAGAIN:
      return verdict::would_block;
    case ECONNABORTED:
    case EPROTO:
    case EPERM:  // a firewall
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return verdict::gone;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return verdict::exhausted;
    default:
      return verdict::failed;
  }
}

poll_result<result<accepted>> listener::poll_accept(io_waiter& waiter,
                                                    accept_pause& pause,
                                                    context& cx) {
  using output = result<accepted>;
  for (unsigned attempt = 0; attempt < attempts_max; ++attempt) {
    const poll_result<result<void>> go_on = poll_pause(pause, cx);
    if (go_on.is_pending()) return pending;
    if (!go_on.value()) return output(std::unexpect, go_on.value().error());
    const poll_result<result<ready_state>> ready =
        registration_.poll_ready(waiter, io_direction::read, cx);
    if (ready.is_pending()) return pending;
    if (!ready.value()) return output(std::unexpect, ready.value().error());

    const std::uint64_t ticket = process_relief().ticket();
    native_addr peer;
    count(attempts_);
    const int client = retried(
        [&] { return ::accept4(fd(), peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC); });
    const int error = errno;
    switch (client >= 0 ? verdict::connected : judge(error)) {
      case verdict::connected:
        succeeded();
        return hand_out(client, from_native(peer).value_or(socket_addr()));
      case verdict::would_block:
        registration_.clear_would_block(io_direction::read, *ready.value());
        break;
      case verdict::gone:
        count(aborted_);
        break;
      case verdict::exhausted:
        begin_pause(ticket);
        break;
      case verdict::failed:
        return output(std::unexpect, error, std::system_category());
    }
  }
  cx.waker().wake_by_ref();
  return pending;
}

result<accepted> listener::hand_out(int fd, const socket_addr& peer) {
  result<tcp_stream> stream = open_stream(registration_.owner(), unique_fd(fd));
  if (!stream) return std::unexpected(stream.error());
  return accepted{*std::move(stream), peer};
}

void listener::succeeded() noexcept {
  count(accepted_);
  const raw_guard guard(lock_);
  paused_until_ns_ = 0;
  next_pause_ns_ = pause_min_ns;
}

/// Several accepts may find out at once: one pause, doubled once.
void listener::begin_pause(std::uint64_t ticket) noexcept {
  count(exhausted_);
  const std::int64_t now_ns = registration_.owner().clock().now_ns();
  const raw_guard guard(lock_);
  if (paused_until_ns_ != 0) return;
  paused_until_ns_ = saturating_add(now_ns, next_pause_ns_);
  pause_ticket_ = ticket;
  next_pause_ns_ = std::min(2 * next_pause_ns_, pause_max_ns);
}

void listener::end_pause(std::int64_t until_ns) noexcept {
  const raw_guard guard(lock_);
  if (paused_until_ns_ == until_ns) paused_until_ns_ = 0;
}

/// Ready when there is no pause. Errors: `errc::runtime_shutdown`.
poll_result<result<void>> listener::poll_pause(accept_pause& pause, context& cx) noexcept {
  std::int64_t until_ns = 0;
  std::uint64_t ticket = 0;
  {
    const raw_guard guard(lock_);
    until_ns = paused_until_ns_;
    ticket = pause_ticket_;
  }
  if (until_ns == 0) {
    pause.end();
    return result<void>();
  }
  if (!wait_on(pause, until_ns, ticket, cx)) {
    if (!registration_.owner().is_shutdown()) return pending;
    pause.end();
    return result<void>(std::unexpect, make_error_code(errc::runtime_shutdown));
  }
  pause.end();
  end_pause(until_ns);
  return result<void>();
}

/// True: the pause is over.
bool listener::wait_on(accept_pause& pause,
                       std::int64_t until_ns,
                       std::uint64_t ticket,
                       context& cx) noexcept {
  driver& owner = registration_.owner();
  pause.driver_ = &owner;
  if (!process_relief().enlist(pause.relief_, ticket, cx.waker())) return true;
  if (!pause.timer_) {
    pause.timer_.emplace(until_ns);
  } else if (pause.timer_->deadline_ns() != until_ns) {
    owner.timers().reset(*pause.timer_, until_ns);
  }
  return owner.timers().poll(*pause.timer_, cx) == timer_status::elapsed;
}

void accept_pause::end() noexcept {
  if (driver_ == nullptr) return;
  process_relief().leave(relief_);
  if (timer_ && timer_->is_registered()) driver_->timers().cancel(*timer_);
  timer_.reset();
  driver_ = nullptr;
}

accept_stats listener::stats() const noexcept {
  return {.accepted = value_of(accepted_),
          .attempts = value_of(attempts_),
          .aborted = value_of(aborted_),
          .exhausted = value_of(exhausted_)};
}

}  // namespace edo::inline v0::detail
