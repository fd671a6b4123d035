#include "edo/net/tcp_stream.hpp"

#include "edo/base/error.hpp"
#include "edo/future/join.hpp"

#include "unit/net/net_fixture.hpp"
#include "unit/net/system_calls.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <gtest/gtest.h>
#include <numeric>
#include <span>
#include <string>
#include <sys/ioctl.h>
#include <vector>

namespace {

using namespace std::literals;
using net_test::call;
using net_test::call_counter;

class tcp_stream : public net_test::driven {
 protected:
  /// Writes until the system takes no more; gives the number of bytes.
  std::size_t fill(const edo::tcp_stream& stream) {
    const std::string block(64 * 1024, 'f');
    std::size_t total = 0;
    for (;;) {
      turn();
      const auto sent = stream.try_write(block);
      if (!sent) {
        EXPECT_EQ(sent.error(), std::errc::operation_would_block);
        return total;
      }
      total += *sent;
    }
  }

  std::array<char, 64> buffer_{};
};

TEST_F(tcp_stream, read_waits_for_data_and_gives_it) {
  auto [stream, peer] = connected();
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 1u);
  peer.send("hello");
  turn_until_woken(task);
  const auto got = EDO_CHECK_READY(task.poll());
  ASSERT_TRUE(got);
  EXPECT_EQ(std::string_view(buffer_.data(), *got), "hello");
  EXPECT_EQ(task.waker_ref_count(), 0u);
}

TEST_F(tcp_stream, read_into_nothing_is_ready_at_once_without_a_call) {
  auto [stream, peer] = connected();
  const call_counter recv(call::recv);
  auto task = edo::test::spawn(stream.read(std::span<char>()));
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(0));
  EXPECT_EQ(recv.calls(), 0u);
  auto writing = edo::test::spawn(stream.write(""sv));
  EDO_CHECK_READY_EQ(writing.poll(), edo::result<std::size_t>(0));
  auto all = edo::test::spawn(stream.write_all(""sv));
  EXPECT_TRUE(EDO_CHECK_READY(all.poll()));
}

TEST_F(tcp_stream, buffers_are_any_bytes_in_a_row) {
  auto [stream, peer] = connected();
  std::vector<std::byte> bytes(3, std::byte{'b'});
  std::string text = "ccc";
  std::array<unsigned char, 2> chars{'d', 'd'};
  const edo::result<void> sent[] = {run(stream.write_all("aaa"sv)), run(stream.write_all(bytes)),
                                    run(stream.write_all(text)), run(stream.write_all(chars)),
                                    run(stream.write_all(std::span(text).first(1)))};
  for (const auto& each : sent) EXPECT_TRUE(each);
  EXPECT_EQ(peer.receive(12), "aaabbbcccddc");
  peer.send("xyz");
  EXPECT_EQ(run(stream.read(std::span(bytes).first(1))), 1u);
  EXPECT_EQ(run(stream.read(std::span(text).subspan(1, 1))), 1u);
  EXPECT_EQ(run(stream.read(chars)), 1u);
  EXPECT_EQ(text, "cyc");
  static_assert(!edo::byte_range<const char(&)[3]>, "string literals carry a zero");
  static_assert(!edo::byte_range<std::vector<int>&>);
  static_assert(!edo::mutable_byte_range<std::string_view&>);
  static_assert(edo::mutable_byte_range<char(&)[3]>);
}

TEST_F(tcp_stream, short_read_spares_the_call_that_would_block) {
  auto [stream, peer] = connected();
  peer.send("ping");
  EXPECT_EQ(run(stream.read(buffer_)), 4u);
  const call_counter recv(call::recv);
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(recv.calls(), 0u);
  peer.send("pong");
  turn_until_woken(task);
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(4));
  EXPECT_EQ(recv.calls(), 1u);
}

TEST_F(tcp_stream, full_read_leaves_the_rest_readable) {
  auto [stream, peer] = connected();
  peer.send(std::string(100, 'x'));
  wait_for_input(stream);
  EXPECT_EQ(run(stream.read(buffer_)), 64u);
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(36));
}

TEST_F(tcp_stream, data_that_comes_during_a_short_read_is_not_forgotten) {
  auto [stream, peer] = connected();
  peer.send("12");
  auto first = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(first.poll());
  turn_until_woken(first);
  peer.send("34");
  int waiting = 0;
  while (::ioctl(stream.fd(), FIONREAD, &waiting) == 0 && waiting < 4) continue;
  net_test::shorten_next(call::recv, 2, 1);  // as if the second half came after the call
  EDO_CHECK_READY_EQ(first.poll(), edo::result<std::size_t>(2));
  EXPECT_EQ(run(stream.read(buffer_)), 2u);
  EXPECT_EQ(std::string_view(buffer_.data(), 2), "34");
}

TEST_F(tcp_stream, echo_takes_one_recv_and_one_send_a_message) {
  auto [stream, peer] = connected();
  const auto echo = [](edo::tcp_stream& on) -> edo::async<void> {
    char buffer[256];
    for (;;) {
      const auto got = co_await on.read(buffer);
      if (!got || *got == 0) co_return;
      const auto sent = co_await on.write_all(std::span(buffer, *got));
      if (!sent) co_return;
    }
  };
  auto task = edo::test::spawn(echo(stream));
  EDO_CHECK_PENDING(task.poll());
  constexpr unsigned messages = 100;
  const call_counter recv(call::recv);
  const call_counter send(call::send);
  for (unsigned i = 0; i < messages; ++i) {
    peer.send("message");
    turn_until_woken(task);
    EDO_CHECK_PENDING(task.poll());
    EXPECT_EQ(peer.receive(7), "message");
  }
  EXPECT_EQ(recv.calls(), messages);
  EXPECT_EQ(send.calls(), messages);
  EXPECT_EQ(recv.would_blocks() + send.would_blocks(), 0u);
  peer.end_sending();
  turn_until_woken(task);
  EXPECT_TRUE(task.poll().is_ready());
}

TEST_F(tcp_stream, end_is_read_after_the_data_and_again) {
  auto [stream, peer] = connected();
  peer.send("last");
  peer.end_sending();
  EXPECT_EQ(run(stream.read(buffer_)), 4u);
  EXPECT_EQ(run(stream.read(buffer_)), 0u);
  EXPECT_EQ(run(stream.read(buffer_)), 0u);
}

TEST_F(tcp_stream, end_that_comes_with_the_data_is_not_forgotten_by_a_short_read) {
  auto [stream, peer] = connected();
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(task.poll());
  peer.send("last");
  peer.close();
  turn_until_woken(task);
  turn();
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(4));
  auto end = edo::test::spawn(stream.read(buffer_));
  turn();
  EDO_CHECK_READY_EQ(end.poll_until_idle(), edo::result<std::size_t>(0));
}

TEST_F(tcp_stream, half_close_leaves_the_other_direction_open) {
  auto [stream, peer] = connected();
  EXPECT_TRUE(run(stream.write_all("request"sv)));
  EXPECT_TRUE(run(stream.shutdown()));
  EXPECT_TRUE(run(stream.shutdown()));
  EXPECT_EQ(peer.receive(100), "request");  // up to the end
  peer.send("answer");
  EXPECT_EQ(run(stream.read(buffer_)), 6u);
  const auto late = run(stream.write("x"sv));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), std::errc::broken_pipe);
}

TEST_F(tcp_stream, reset_during_a_read_is_an_error_once_and_then_the_end) {
  auto [stream, peer] = connected();
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(task.poll());
  peer.reset();
  turn_until_woken(task);
  const auto got = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), std::errc::connection_reset);
  EXPECT_EQ(run(stream.read(buffer_)), 0u);
}

TEST_F(tcp_stream, reset_during_a_write_is_an_error_and_never_a_signal) {
  struct sigaction before{};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &before), 0);
  ASSERT_EQ(before.sa_handler, SIG_DFL);  // a SIGPIPE would end this program
  auto [stream, peer] = connected();
  fill(stream);
  auto task = edo::test::spawn(stream.write("more"sv));
  EDO_CHECK_PENDING(task.poll());
  peer.reset();
  turn_until_woken(task);
  const auto sent = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), std::errc::connection_reset);
  for (int i = 0; i < 3; ++i) {
    const auto again = run(stream.write("more"sv));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error(), std::errc::broken_pipe);
  }
}

TEST_F(tcp_stream, write_waits_for_room) {
  auto [stream, peer] = connected();
  std::size_t sent = fill(stream);
  const call_counter send(call::send);
  auto task = edo::test::spawn(stream.write("tail"sv));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(send.calls(), 0u);  // known to be full
  peer.receive(sent);
  turn_until_woken(task);
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(4));
  EXPECT_EQ(peer.receive(4), "tail");
}

TEST_F(tcp_stream, write_all_sends_more_than_fits) {
  auto [stream, peer] = connected();
  std::string text(8 * 1024 * 1024, '\0');
  std::iota(text.begin(), text.end(), '\0');
  auto task = edo::test::spawn(stream.write_all(text));
  EDO_CHECK_PENDING(task.poll());
  std::string got;
  bool done = false;
  while (got.size() < text.size()) {
    const std::string some = peer.receive_some();
    got += some;
    driver_->park_timeout(some.empty() && !task.is_woken() ? 100'000'000 : 0);
    if (!done && task.is_woken()) done = task.poll().is_ready();
  }
  EXPECT_TRUE(got == text);
  EXPECT_EQ(task.inner().written(), text.size());
}

TEST_F(tcp_stream, dropped_write_all_tells_how_far_it_came) {
  auto [stream, peer] = connected();
  const std::string text(8 * 1024 * 1024, 'w');
  std::size_t done = 0;
  {
    turn();
    auto future = stream.write_all(text);
    auto task = edo::test::spawn(future);
    EDO_CHECK_PENDING(task.poll());
    done = future.written();
  }
  EXPECT_GT(done, 0u);
  EXPECT_LT(done, text.size());
  EXPECT_EQ(peer.receive(done).size(), done);
  EXPECT_TRUE(run(stream.write_all("rest"sv)));
  EXPECT_EQ(peer.receive(4), "rest");
}

TEST_F(tcp_stream, dropped_read_loses_nothing_and_leaves_no_waker) {
  auto [stream, peer] = connected();
  {
    auto task = edo::test::spawn(stream.read(buffer_));
    EDO_CHECK_PENDING(task.poll());
    peer.send("kept");
    turn_until_woken(task);
    task.drop();  // woken, and dropped before it could read
    EXPECT_EQ(task.waker_ref_count(), 0u);
  }
  {
    auto task = edo::test::spawn(stream.read(buffer_));
    task.drop();
  }
  EXPECT_EQ(run(stream.read(buffer_)), 4u);
  auto waiting = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(waiting.poll());
  waiting.drop();
  EXPECT_EQ(waiting.waker_ref_count(), 0u);
  peer.send("more");
  EXPECT_EQ(run(stream.read(buffer_)), 4u);
}

TEST_F(tcp_stream, dropped_write_sends_nothing) {
  auto [stream, peer] = connected();
  const std::size_t sent = fill(stream);
  {
    auto task = edo::test::spawn(stream.write("never"sv));
    EDO_CHECK_PENDING(task.poll());
  }
  EXPECT_TRUE(run(stream.shutdown()));
  EXPECT_EQ(peer.receive(sent + 1).size(), sent);
}

TEST_F(tcp_stream, only_the_latest_waker_is_kept) {
  auto [stream, peer] = connected();
  auto future = stream.read(buffer_);
  edo::test::mock_waker first;
  edo::test::mock_waker second;
  edo::context by_first(first.waker());
  edo::context by_second(second.waker());
  EXPECT_TRUE(future.poll(by_first).is_pending());
  EXPECT_TRUE(future.poll(by_second).is_pending());
  EXPECT_EQ(first.live(), 0u);
  peer.send("x");
  while (!second.is_woken()) driver_->park_timeout(100'000'000);
  EXPECT_EQ(first.wakes(), 0u);
  EXPECT_TRUE(future.poll(by_second).is_ready());
}

TEST_F(tcp_stream, several_readers_each_get_some) {
  auto [stream, peer] = connected();
  std::array<char, 2> into[3];
  auto a = edo::test::spawn(stream.read(into[0]));
  auto b = edo::test::spawn(stream.read(into[1]));
  auto c = edo::test::spawn(stream.read(into[2]));
  EDO_CHECK_PENDING(a.poll());
  EDO_CHECK_PENDING(b.poll());
  EDO_CHECK_PENDING(c.poll());
  peer.send("aabbcc");
  turn_until_woken(a);
  EDO_CHECK_WOKEN(b);
  EDO_CHECK_WOKEN(c);
  wait_for_input(stream);
  EDO_CHECK_READY_EQ(a.poll(), edo::result<std::size_t>(2));
  EDO_CHECK_READY_EQ(b.poll(), edo::result<std::size_t>(2));
  EDO_CHECK_READY_EQ(c.poll(), edo::result<std::size_t>(2));
}

TEST_F(tcp_stream, ready_reads_spend_the_budget_and_waiting_ones_do_not) {
  auto [stream, peer] = connected();
  peer.send("abc");
  wait_for_input(stream);
  turn();
  char one[1];
  {
    auto task = edo::test::spawn(stream.read(one));
    task.set_budget(2);
    EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(1));
    EXPECT_EQ(task.budget_left(), 1u);
  }
  {
    auto task = edo::test::spawn(stream.read(one));
    task.set_budget(0);
    EDO_CHECK_PENDING(task.poll());
    EDO_CHECK_WOKEN(task);  // by itself: its turn comes again
  }
  EXPECT_EQ(run(stream.read(buffer_)), 2u);
  auto task = edo::test::spawn(stream.read(one));
  task.set_budget(2);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.budget_left(), 2u);
}

TEST_F(tcp_stream, interrupted_calls_are_made_again) {
  auto [stream, peer] = connected();
  peer.send("x");
  wait_for_input(stream);
  turn();
  net_test::fail_next(call::recv, EINTR, 3);
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(1));
  net_test::fail_next(call::send, EINTR, 3);
  auto writing = edo::test::spawn(stream.write("y"sv));
  EDO_CHECK_READY_EQ(writing.poll(), edo::result<std::size_t>(1));
  EXPECT_EQ(peer.receive(1), "y");
}

TEST_F(tcp_stream, readiness_for_nothing_is_borne) {
  auto [stream, peer] = connected();
  peer.send("x");
  wait_for_input(stream);
  turn();
  net_test::fail_next(call::recv, EAGAIN, 1);
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(task.poll());
  peer.send("y");
  turn_until_woken(task);
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(2));
}

TEST_F(tcp_stream, try_read_and_try_write_never_wait) {
  auto [stream, peer] = connected();
  turn();
  const auto nothing = stream.try_read(buffer_);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error(), std::errc::operation_would_block);
  EXPECT_EQ(stream.try_write("abc"sv), 3u);
  EXPECT_EQ(peer.receive(3), "abc");
  auto readable = edo::test::spawn(stream.readable());
  EDO_CHECK_PENDING(readable.poll());
  peer.send("de");
  turn_until_woken(readable);
  EXPECT_TRUE(EDO_CHECK_READY(readable.poll()));
  EXPECT_EQ(stream.try_read(buffer_), 2u);
  EXPECT_FALSE(stream.try_read(buffer_));
  fill(stream);
  auto writable = edo::test::spawn(stream.writable());
  EDO_CHECK_PENDING(writable.poll());
  peer.reset();
  turn_until_woken(writable);
  EXPECT_TRUE(writable.poll().is_ready());
}

TEST_F(tcp_stream, operations_end_when_the_driver_does) {
  auto [stream, peer] = connected();
  auto reading = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(reading.poll());
  fill(stream);
  auto writing = edo::test::spawn(stream.write("x"sv));
  EDO_CHECK_PENDING(writing.poll());
  driver_->shutdown();
  EDO_CHECK_WOKEN(reading);
  EDO_CHECK_WOKEN(writing);
  const auto got = EDO_CHECK_READY(reading.poll());
  const auto sent = EDO_CHECK_READY(writing.poll());
  ASSERT_FALSE(got);
  ASSERT_FALSE(sent);
  EXPECT_EQ(got.error(), edo::errc::runtime_shutdown);
  EXPECT_EQ(sent.error(), edo::errc::runtime_shutdown);
}

TEST_F(tcp_stream, knows_its_addresses_and_options) {
  auto [stream, peer] = connected();
  const auto here = stream.local_addr();
  const auto there = stream.peer_addr();
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(here->ip().is_loopback());
  EXPECT_NE(here->port(), there->port());
  EXPECT_EQ(stream.nodelay(), false);
  EXPECT_TRUE(stream.set_nodelay(true));
  EXPECT_EQ(stream.nodelay(), true);
}

TEST_F(tcp_stream, may_be_moved_while_an_operation_waits) {
  auto [stream, peer] = connected();
  auto task = edo::test::spawn(stream.read(buffer_));
  EDO_CHECK_PENDING(task.poll());
  const edo::tcp_stream moved = std::move(stream);
  peer.send("x");
  turn_until_woken(task);
  EDO_CHECK_READY_EQ(task.poll(), edo::result<std::size_t>(1));
}

TEST_F(tcp_stream, release_gives_the_descriptor_and_its_data_away) {
  auto [stream, peer] = connected();
  peer.send("x");
  const edo::unique_fd fd = std::move(stream).release();
  char got[1];
  pollfd asked{.fd = fd.get(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&asked, 1, 10'000), 1);
  EXPECT_EQ(::read(fd.get(), got, 1), 1);
  EXPECT_EQ(::read(fd.get(), got, 1), -1);
  EXPECT_EQ(errno, EAGAIN);  // it stays non-blocking
}

/// The code of the misuse that a poll throws; 0: none.
int misuse_of(auto& future) {
  edo::context cx(edo::waker::noop());
  try {
    static_cast<void>(future.poll(cx));
  } catch (const edo::usage_error& error) {
    return static_cast<int>(error.code());
  }
  return 0;
}

TEST_F(tcp_stream, a_second_await_of_a_finished_operation_is_refused_and_takes_nothing) {
  auto [stream, peer] = connected();
  peer.send("ab");
  turn();
  auto read = stream.read(std::span(buffer_).first(1));
  auto write = stream.write("x"sv);
  auto write_all = stream.write_all("y"sv);
  auto writable = stream.writable();
  edo::context cx(edo::waker::noop());
  EXPECT_TRUE(read.poll(cx).is_ready());
  EXPECT_TRUE(write.poll(cx).is_ready());
  EXPECT_TRUE(write_all.poll(cx).is_ready());
  EXPECT_TRUE(writable.poll(cx).is_ready());
  constexpr int twice = static_cast<int>(edo::usage::awaited_twice);
  EXPECT_EQ(misuse_of(read), twice);
  EXPECT_EQ(misuse_of(write), twice);
  EXPECT_EQ(misuse_of(write_all), twice);
  EXPECT_EQ(misuse_of(writable), twice);
  auto ending = stream.shutdown();
  EXPECT_TRUE(ending.poll(cx).is_ready());
  EXPECT_EQ(misuse_of(ending), twice);
  EXPECT_EQ(peer.receive(3), "xy");
  EXPECT_EQ(run(stream.read(buffer_)), edo::result<std::size_t>(1));  // the "b" is still there
}

TEST_F(tcp_stream, an_operation_that_is_moved_while_it_waits_is_reported_in_checked_builds) {
  auto [stream, peer] = connected();
  const unsigned long before = edo::lint_count(edo::usage::moved_after_poll);
  edo::context cx(edo::waker::noop());
  auto read = stream.read(buffer_);
  EXPECT_TRUE(read.poll(cx).is_pending());
  auto moved = std::move(read);  // reported
  auto early = stream.read(buffer_);
  auto kept = std::move(early);  // not polled: fine
  peer.send("z");
  turn();
  EXPECT_TRUE(moved.poll(cx).is_ready());
  EXPECT_EQ(edo::lint_count(edo::usage::moved_after_poll) - before,
            edo::detail::checked_build ? 1u : 0u);
  EXPECT_EQ(misuse_of(read), static_cast<int>(edo::usage::awaited_twice));
}

}  // namespace
