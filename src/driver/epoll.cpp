// The reactor on epoll.
//
// One registration for each descriptor, for both directions, edge-triggered: epoll reports each
// change once and is never told again. The eventfd behind `wake` is edge-triggered too, so that it
// is written and never read: each write is a change of its own.
#include "edo/base/assert.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/driver/registration.hpp"

#include "driver/clock.hpp"
#include "driver/reactor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

namespace edo::inline v0::detail {
namespace {

constexpr event_key wake_key{reserved_slot_min + 1, 0};
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t ns_per_ms = 1'000'000;

constexpr std::uint64_t pack(event_key key) noexcept {
  return (std::uint64_t{key.generation} << 32) | key.slot;
}
constexpr event_key unpack(std::uint64_t data) noexcept {
  return {static_cast<std::uint32_t>(data), static_cast<std::uint32_t>(data >> 32)};
}

constexpr std::uint32_t bits_of(std::uint32_t events) noexcept {
  std::uint32_t bits = 0;
  if ((events & (EPOLLIN | EPOLLPRI)) != 0) bits |= ready_state::readable;
  if ((events & EPOLLOUT) != 0) bits |= ready_state::writable;
  if ((events & EPOLLRDHUP) != 0) bits |= ready_state::readable | ready_state::read_closed;
  if ((events & EPOLLHUP) != 0) {
    bits |= ready_state::readable | ready_state::read_closed | ready_state::writable |
            ready_state::write_closed;
  }
  if ((events & EPOLLERR) != 0) {
    bits |= ready_state::error | ready_state::readable | ready_state::writable;
  }
  return bits;
}

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

class epoll_reactor final : public reactor {
 public:
  epoll_reactor(unique_fd epoll, unique_fd wakes) noexcept
      : epoll_(std::move(epoll)), wakes_(std::move(wakes)) {}

  result<void> add(int fd, event_key key) noexcept override {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = pack(key);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      return std::unexpected(last_error());
    }
    return {};
  }

  void remove(int fd, event_key) noexcept override {
    epoll_event ignored{};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &ignored);
  }

  std::size_t wait(std::int64_t limit_ns, std::span<ready_event> out) noexcept override {
    const int room = static_cast<int>(std::min(out.size(), events_.size()));
    const int count = wait_uninterrupted(limit_ns, room);
    std::size_t kept = 0;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      const event_key key = unpack(event.data.u64);
      if (key == wake_key) continue;
      out[kept++] = {key, bits_of(event.events)};
    }
    return kept;
  }

  void wake() noexcept override {
    const int saved = errno;  // may run in a signal handler
    const std::uint64_t one = 1;
    if (::write(wakes_.get(), &one, sizeof one) < 0 && errno == EAGAIN) {
      // The counter is full, after 2^64 wakes: empty it, so that the next write is a change.
      std::uint64_t all = 0;
      if (::read(wakes_.get(), &all, sizeof all) > 0) {
        [[maybe_unused]] const ssize_t written = ::write(wakes_.get(), &one, sizeof one);
      }
    }
    errno = saved;
  }

 private:
  /// Waits out the whole limit, whatever signals come. Returns the number of events.
  int wait_uninterrupted(std::int64_t limit_ns, int room) noexcept {
    const std::int64_t end = limit_ns > 0 ? saturating_add(monotonic_now_ns(), limit_ns) : 0;
    for (;;) {
      const int count = wait_once(limit_ns, room);
      if (count >= 0) return count;
      EDO_ASSERT(errno == EINTR);  // the descriptor and the array are our own
      if (limit_ns > 0) limit_ns = std::max<std::int64_t>(0, end - monotonic_now_ns());
    }
  }

  int wait_once(std::int64_t limit_ns, int room) noexcept {
    if (limit_ns <= 0) {
      return ::epoll_wait(epoll_.get(), events_.data(), room, limit_ns < 0 ? -1 : 0);
    }
    if (has_pwait2_) {
      const timespec limit{.tv_sec = static_cast<time_t>(limit_ns / ns_per_s),
                           .tv_nsec = static_cast<long>(limit_ns % ns_per_s)};
      const int count = ::epoll_pwait2(epoll_.get(), events_.data(), room, &limit, nullptr);
      if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
      has_pwait2_ = false;  // Linux 5.10, or a sandbox: milliseconds, rounded up
    }
    const std::int64_t ms = (limit_ns - 1) / ns_per_ms + 1;
    constexpr std::int64_t ms_max = 1'000'000'000;  // the caller waits again after 11 days
    return ::epoll_wait(epoll_.get(), events_.data(), room, static_cast<int>(std::min(ms, ms_max)));
  }

  // immutable after construction
  unique_fd epoll_;
  unique_fd wakes_;

  // the waiting thread's
  bool has_pwait2_ = true;
  std::array<epoll_event, event_batch_max> events_;
};

}  // namespace

result<std::unique_ptr<reactor>> make_epoll_reactor() {
  unique_fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return std::unexpected(last_error());
  unique_fd wakes(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakes) return std::unexpected(last_error());
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = pack(wake_key);
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wakes.get(), &event) != 0) {
    return std::unexpected(last_error());
  }
  std::unique_ptr<reactor> made(new (std::nothrow)
                                    epoll_reactor(std::move(epoll), std::move(wakes)));
  if (made == nullptr) {
    return std::unexpected(std::make_error_code(std::errc::not_enough_memory));
  }
  return made;
}

}  // namespace edo::inline v0::detail
