/// A driver that the test drives by hand, and raw peers for streams under test.
#pragma once

#include "edo/base/unique_fd.hpp"
#include "edo/net/tcp_listener.hpp"
#include "edo/net/tcp_stream.hpp"
#include "edo/test/task.hpp"

#include "driver/driver.hpp"
#include "net/listener.hpp"
#include "net/native_addr.hpp"
#include "net/stream_access.hpp"

#include <cstddef>
#include <cstdint>
#include <dirent.h>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace net_test {

/// Fails the test that forgot to look at a call's result.
inline void must(bool ok, const char* what) {
  if (!ok) throw std::system_error(errno, std::generic_category(), what);
}

/// A plain blocking TCP socket: the other side of what is tested.
class raw_peer {
 public:
  raw_peer() = default;
  explicit raw_peer(edo::unique_fd fd) : fd_(std::move(fd)) {}

  static raw_peer connected_to(const edo::socket_addr& addr) {
    const edo::detail::native_addr native = edo::detail::to_native(addr);
    edo::unique_fd fd(::socket(native.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    must(static_cast<bool>(fd), "socket");
    must(::connect(fd.get(), native.get(), native.length) == 0, "connect");
    return raw_peer(std::move(fd));
  }

  void send(std::string_view text) const {
    must(::write(fd_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()),
         "write");
  }

  /// Up to `size` bytes; less only at the end.
  std::string receive(std::size_t size) const {
    std::string got(size, '\0');
    std::size_t count = 0;
    while (count < size) {
      const ssize_t n = ::read(fd_.get(), got.data() + count, size - count);
      must(n >= 0, "read");
      if (n == 0) break;
      count += static_cast<std::size_t>(n);
    }
    got.resize(count);
    return got;
  }

  /// What is there, also nothing.
  std::string receive_some() const {
    pollfd asked{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&asked, 1, 0) == 0) return {};
    std::string got(256 * 1024, '\0');
    const ssize_t n = ::read(fd_.get(), got.data(), got.size());
    must(n >= 0, "read");
    got.resize(static_cast<std::size_t>(n));
    return got;
  }

  void end_sending() const { must(::shutdown(fd_.get(), SHUT_WR) == 0, "shutdown"); }
  void close() { fd_.reset(); }

  /// Closes so that the other side gets a reset instead of an end.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    must(::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0, "linger");
    fd_.reset();
  }

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  edo::unique_fd fd_;
};

/// The descriptors that this process has open.
inline std::size_t open_descriptors() {
  DIR* dir = ::opendir("/proc/self/fd");
  must(dir != nullptr, "/proc/self/fd");
  std::size_t count = 0;
  while (::readdir(dir) != nullptr) ++count;
  ::closedir(dir);
  return count - 3;  // ".", ".." and the one that reads
}

/// Tests that turn the driver themselves: nothing happens between two turns.
class driven : public ::testing::Test {
 protected:
  driven() {
    auto made = edo::detail::driver::make();
    must(made.has_value(), "driver");
    driver_ = *std::move(made);
    must(driver_->try_acquire(), "the right to drive");
  }
  ~driven() override {
    driver_->release();
    driver_->shutdown();
  }

  /// Lets the driver wake whom it may, without waiting.
  void turn() { driver_->poll(); }

  /// Turns until the task is woken; an event that never comes fails the test after 10 s.
  template <class Task>
  void turn_until_woken(Task& task) {
    for (int i = 0; i < 100 && !task.is_woken(); ++i) driver_->park_timeout(100'000'000);
    ASSERT_TRUE(task.is_woken());
  }

  /// Polls and turns until the task is ready.
  template <class Task>
  typename Task::output drive(Task& task) {
    for (int i = 0; i < 10'000; ++i) {
      auto polled = task.poll();
      if (polled.is_ready()) return std::move(polled).value();
      while (!task.is_woken()) driver_->park_timeout(100'000'000);
    }
    throw std::runtime_error("the future is never ready");
  }

  template <edo::future F>
  edo::output_of<F> run(F&& future) {
    auto task = edo::test::spawn(std::forward<F>(future));
    return drive(task);
  }

  edo::tcp_listener listen(edo::listener_options options = {}) {
    auto made = edo::detail::listen_at(*driver_, edo::socket_addr::loopback(0), options);
    must(made.has_value(), "listen");
    return *std::move(made);
  }

  static raw_peer connect_to(const edo::tcp_listener& listener) {
    return raw_peer::connected_to(listener.local_addr().value());
  }

  struct pair {
    edo::tcp_stream stream;
    raw_peer peer;
  };

  /// A stream under test and its raw peer.
  pair connected() {
    const edo::unique_fd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    edo::detail::native_addr addr = edo::detail::to_native(edo::socket_addr::loopback(0));
    must(::bind(listening.get(), addr.get(), addr.length) == 0, "bind");
    must(::listen(listening.get(), 1) == 0, "listen");
    must(::getsockname(listening.get(), addr.get(), &addr.length) == 0, "getsockname");
    raw_peer peer = raw_peer::connected_to(edo::detail::from_native(addr).value());
    edo::unique_fd fd(::accept(listening.get(), nullptr, nullptr));
    must(static_cast<bool>(fd), "accept");
    must(edo::detail::make_nonblocking(fd.get()).has_value(), "O_NONBLOCK");
    auto stream = edo::detail::open_stream(*driver_, std::move(fd));
    must(stream.has_value(), "open_stream");
    return {*std::move(stream), std::move(peer)};
  }

  /// Waits until the kernel has data, the end or an error for the stream, without reading.
  static void wait_for_input(const edo::tcp_stream& stream) {
    pollfd asked{.fd = stream.fd(), .events = POLLIN, .revents = 0};
    must(::poll(&asked, 1, 10'000) == 1, "poll");
  }

  std::shared_ptr<edo::detail::driver> driver_;
};

}  // namespace net_test
