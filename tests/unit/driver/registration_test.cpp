#include "edo/driver/registration.hpp"

#include "edo/base/error.hpp"

#include "unit/driver/support.hpp"

#include <optional>

namespace {

using namespace driver_test;
using edo::detail::io_waiter;
using edo::detail::registration;
using enum edo::detail::io_direction;

class registration_test : public testing::Test {
 protected:
  static edo::result<registration> open(real_driver& on, unique_fd fd) {
    return registration::open(*on.driver, std::move(fd));
  }

  real_driver d;
  mock_waker mock;
  context cx{mock.waker()};
  io_waiter waiter;
};

TEST_F(registration_test, a_reader_waits_until_there_is_something_to_read) {
  socket_pair pair;
  const auto reg = open(d, std::move(pair.a));
  ASSERT_TRUE(reg);
  d.driver->poll();
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_pending());
  send_byte(pair.b.get());
  EXPECT_EQ(d.driver->park(), 1U);
  EXPECT_EQ(mock.wakes(), 1U);
  const auto ready = reg->poll_ready(waiter, read, cx);
  ASSERT_TRUE(ready.is_ready() && ready.value());
  EXPECT_EQ(receive(reg->fd()), 1);
}

TEST_F(registration_test, a_short_read_spares_the_call_that_would_block) {
  socket_pair pair;
  const auto reg = open(d, std::move(pair.a));
  send_byte(pair.b.get());
  d.driver->poll();
  const auto ready = reg->poll_ready(waiter, read, cx);
  EXPECT_EQ(receive(reg->fd(), 64), 1);  // 1 < 64
  reg->clear_drained(read, *ready.value());
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_pending());
  send_byte(pair.b.get());
  EXPECT_EQ(d.driver->park(), 1U);
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_ready());
}

TEST_F(registration_test, an_event_between_a_short_read_and_its_clear_is_not_lost) {
  socket_pair pair;
  const auto reg = open(d, std::move(pair.a));
  send_byte(pair.b.get());
  d.driver->poll();
  const auto ready = reg->poll_ready(waiter, read, cx);
  EXPECT_EQ(receive(reg->fd(), 64), 1);
  send_byte(pair.b.get());
  d.driver->poll();
  reg->clear_drained(read, *ready.value());
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_ready());
}

TEST_F(registration_test, data_between_a_short_read_and_its_clear_comes_with_the_next_event) {
  socket_pair pair;
  const auto reg = open(d, std::move(pair.a));
  send_byte(pair.b.get());
  d.driver->poll();
  const auto ready = reg->poll_ready(waiter, read, cx);
  EXPECT_EQ(receive(reg->fd(), 64), 1);
  send_byte(pair.b.get());  // the driver has not looked yet
  reg->clear_drained(read, *ready.value());
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_pending());
  EXPECT_EQ(d.driver->park(), 1U);
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_ready());
}

TEST_F(registration_test, the_end_of_the_stream_survives_a_short_read) {
  socket_pair pair;
  const auto reg = open(d, std::move(pair.a));
  send_byte(pair.b.get());
  pair.b.reset();
  d.driver->poll();
  const auto ready = reg->poll_ready(waiter, read, cx);
  EXPECT_EQ(receive(reg->fd(), 64), 1);
  reg->clear_drained(read, *ready.value());
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_ready());
  EXPECT_EQ(receive(reg->fd(), 64), 0);
}

TEST_F(registration_test, a_fifo_whose_writer_left_and_came_back_does_not_spin) {
  const std::string name = testing::TempDir() + "edo_fifo_" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
  const auto reg = open(d, unique_fd(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)));
  ASSERT_TRUE(reg);
  unique_fd writer(::open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  writer.reset();
  d.driver->poll();
  const auto closed = reg->poll_ready(waiter, read, cx);
  ASSERT_TRUE(closed.is_ready());
  EXPECT_EQ(receive(reg->fd()), 0);
  writer.reset(::open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_EQ(receive(reg->fd()), -1);
  reg->clear_would_block(read, *closed.value());
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_pending());
  send_byte(writer.get());
  d.driver->park();
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_ready());
  ::unlink(name.c_str());
}

TEST_F(registration_test, a_writer_waits_until_there_is_room) {
  pipe_pair pipe;
  const auto reg = open(d, std::move(pipe.writer));
  d.driver->poll();
  auto ready = reg->poll_ready(waiter, write, cx);
  const std::vector<char> block(1 << 20);
  const ssize_t written = ::write(reg->fd(), block.data(), block.size());
  ASSERT_GT(written, 0);
  reg->clear_drained(write, *ready.value());
  EXPECT_TRUE(reg->poll_ready(waiter, write, cx).is_pending());
  std::vector<char> sink(static_cast<std::size_t>(written));
  EXPECT_EQ(::read(pipe.reader.get(), sink.data(), sink.size()), written);
  EXPECT_EQ(d.driver->park(), 1U);
  EXPECT_TRUE(reg->poll_ready(waiter, write, cx).is_ready());
}

TEST_F(registration_test, reader_and_writer_of_one_descriptor_wait_independently) {
  socket_pair pair;
  const auto reg = open(d, std::move(pair.a));
  d.driver->poll();
  EXPECT_TRUE(reg->poll_ready(read, cx).is_pending());
  EXPECT_TRUE(reg->poll_ready(write, cx).is_ready());
}

TEST_F(registration_test, release_gives_the_descriptor_back_open_and_unwatched) {
  socket_pair pair;
  auto reg = open(d, std::move(pair.a));
  const unique_fd fd = reg->release();
  EXPECT_FALSE(*reg);
  send_byte(pair.b.get());
  EXPECT_EQ(receive(fd.get()), 1);
  auto again = open(d, unique_fd(::dup(fd.get())));
  EXPECT_TRUE(again);  // it may be registered again
}

TEST_F(registration_test, destruction_deregisters_and_closes_even_if_the_file_lives_on) {
  socket_pair pair;
  const unique_fd twin(::dup(pair.a.get()));  // keeps the file, and with it epoll's memory of it
  std::optional<registration> reg(*open(d, std::move(pair.a)));
  d.driver->poll();
  EXPECT_TRUE(reg->poll_ready(read, cx).is_pending());
  reg.reset();
  EXPECT_EQ(mock.live(), 0U);
  // The same slot and the same number of descriptor, for another pair.
  socket_pair other;
  const auto next = open(d, std::move(other.a));
  d.driver->poll();
  EXPECT_TRUE(next->poll_ready(read, cx).is_pending());
  send_byte(pair.b.get());  // for the twin
  EXPECT_EQ(d.driver->poll(), 0U);
  EXPECT_TRUE(next->poll_ready(read, cx).is_pending());
}

TEST_F(registration_test, assignment_lets_the_old_descriptor_go) {
  socket_pair one, two;
  auto reg = *open(d, std::move(one.a));
  reg = *open(d, std::move(two.a));
  EXPECT_EQ(receive(one.b.get()), 0);  // closed
  send_byte(two.b.get());
  d.driver->poll();
  EXPECT_TRUE(reg.poll_ready(read, cx).is_ready());
}

TEST_F(registration_test, a_descriptor_that_cannot_be_watched_is_refused_and_closed) {
  const int fd = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  const auto reg = open(d, unique_fd(fd));
  ASSERT_FALSE(reg);
  EXPECT_EQ(reg.error(), std::errc::operation_not_permitted);
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
}

TEST_F(registration_test, a_shutdown_wakes_the_waiters_and_fails_what_comes_later) {
  socket_pair pair, late;
  const auto reg = open(d, std::move(pair.a));
  d.driver->poll();
  EXPECT_TRUE(reg->poll_ready(waiter, read, cx).is_pending());
  d.driver->shutdown();
  EXPECT_EQ(mock.wakes(), 1U);
  const auto ready = reg->poll_ready(waiter, read, cx);
  ASSERT_TRUE(ready.is_ready());
  ASSERT_FALSE(ready.value());
  EXPECT_EQ(ready.value().error(), edo::errc::runtime_shutdown);
  EXPECT_EQ(reg->poll_ready(write, cx).value().error(), edo::errc::runtime_shutdown);
  const auto refused = open(d, std::move(late.a));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), edo::errc::runtime_shutdown);
}

TEST_F(registration_test, outlives_its_runtime) {
  socket_pair pair;
  auto reg = *open(d, std::move(pair.a));
  d.driver->shutdown();
  d.driver->release();
  d.driver.reset();
  EXPECT_TRUE(reg.poll_ready(read, cx).is_ready());
  reg = registration();
  EXPECT_EQ(receive(pair.b.get()), 0);
}

}  // namespace
