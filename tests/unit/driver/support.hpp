/// What the tests of drivers, timers and signals share.
#pragma once

#include "edo/base/unique_fd.hpp"
#include "edo/future/context.hpp"
#include "edo/test/mock_waker.hpp"

#include "driver/driver.hpp"
#include "driver/reactor.hpp"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace driver_test {

using edo::context;
using edo::unique_fd;
using edo::detail::ready_event;
using edo::detail::ready_state;
using edo::test::mock_waker;

inline constexpr std::int64_t ms = 1'000'000;

/// A reactor without a kernel: waits never sleep, events are what the test says.
class scripted_reactor final : public edo::detail::reactor {
 public:
  edo::result<void> add(int, edo::detail::event_key key) noexcept override {
    added.push_back(key);
    return {};
  }
  void remove(int, edo::detail::event_key key) noexcept override { removed.push_back(key); }
  std::size_t wait(std::int64_t limit_ns, std::span<ready_event> out) noexcept override {
    limits.push_back(limit_ns);
    if (during_wait) during_wait();
    const std::size_t count = std::min(events.size(), out.size());
    std::copy_n(events.begin(), count, out.begin());
    events.clear();
    return count;
  }
  void wake() noexcept override { ++wakes; }

  std::vector<edo::detail::event_key> added;
  std::vector<edo::detail::event_key> removed;
  std::vector<std::int64_t> limits;  // of each wait
  std::vector<ready_event> events;   // for the next wait
  std::function<void()> during_wait;
  int wakes = 0;
};

/// A driver whose clock and events are the test's.
struct scripted_driver {
  scripted_driver() {
    auto made = std::make_unique<scripted_reactor>();
    events = made.get();
    driver = edo::detail::driver::make(std::move(made));
    driver->clock().pause();
    EXPECT_TRUE(driver->try_acquire());
  }
  scripted_driver(const scripted_driver&) = delete;
  scripted_driver& operator=(const scripted_driver&) = delete;
  ~scripted_driver() {
    if (driver != nullptr) driver->release();
  }

  /// A point `after` from now, on the driver's clock.
  [[nodiscard]] std::int64_t in(std::int64_t after) const {
    return driver->clock().now_ns() + after;
  }

  /// Lets time pass, and the driver notice. Returns how many were woken.
  std::size_t pass(std::int64_t time) const {
    driver->advance_clock(time);
    return driver->poll();
  }

  scripted_reactor* events = nullptr;
  std::shared_ptr<edo::detail::driver> driver;
};

/// A driver on the real epoll, held by the test.
struct real_driver {
  real_driver() : driver(*edo::detail::driver::make()) { EXPECT_TRUE(driver->try_acquire()); }
  real_driver(const real_driver&) = delete;
  real_driver& operator=(const real_driver&) = delete;
  ~real_driver() {
    if (driver != nullptr) driver->release();
  }

  std::shared_ptr<edo::detail::driver> driver;
};

/// Two connected, non-blocking stream sockets.
struct socket_pair {
  socket_pair() {
    int fds[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    a.reset(fds[0]);
    b.reset(fds[1]);
  }
  unique_fd a;
  unique_fd b;
};

/// A non-blocking pipe.
struct pipe_pair {
  pipe_pair() {
    int fds[2] = {-1, -1};
    EXPECT_EQ(::pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    reader.reset(fds[0]);
    writer.reset(fds[1]);
  }
  unique_fd reader;
  unique_fd writer;
};

inline void send_byte(int fd) { EXPECT_EQ(::write(fd, "x", 1), 1); }

inline ssize_t receive(int fd, std::size_t size = 64) {
  char bytes[64];
  return ::read(fd, bytes, std::min(size, sizeof bytes));
}

}  // namespace driver_test
