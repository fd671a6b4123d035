#include "edo/net/tcp_listener.hpp"

#include "edo/base/error.hpp"

#include "unit/net/net_fixture.hpp"
#include "unit/net/system_calls.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace {

using net_test::call;
using net_test::call_counter;
using net_test::raw_peer;

constexpr std::int64_t ms = 1'000'000;

class tcp_listener : public net_test::driven {};

TEST_F(tcp_listener, accepts_and_tells_the_peer) {
  auto listener = listen();
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
  const raw_peer client = connect_to(listener);
  turn_until_woken(task);
  auto got = EDO_CHECK_READY(task.poll());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->peer, got->stream.peer_addr());
  EXPECT_EQ(got->stream.local_addr(), listener.local_addr());
  client.send("hi");
  char buffer[8];
  EXPECT_EQ(run(got->stream.read(buffer)), 2u);
  EXPECT_EQ(listener.stats().accepted, 1u);
}

TEST_F(tcp_listener, speaks_ipv6) {
  auto made = edo::detail::listen_at(*driver_, edo::socket_addr(edo::ip_addr::loopback_v6(), 0),
                                     edo::listener_options());
  if (!made) GTEST_SKIP() << "no IPv6 here: " << made.error().message();
  auto listener = *std::move(made);
  const raw_peer client = connect_to(listener);
  const auto got = run(listener.accept());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->peer.ip(), edo::ip_addr::loopback_v6());
}

TEST_F(tcp_listener, one_event_serves_all_connections_that_it_stands_for) {
  auto listener = listen();
  std::vector<raw_peer> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(connect_to(listener));
  turn();
  for (int i = 0; i < 5; ++i) {
    auto task = edo::test::spawn(listener.accept());
    EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
  }
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
}

TEST_F(tcp_listener, several_tasks_accept_a_connection_each) {
  auto listener = listen();
  auto a = edo::test::spawn(listener.accept());
  auto b = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(a.poll());
  EDO_CHECK_PENDING(b.poll());
  const raw_peer first = connect_to(listener);
  turn_until_woken(a);
  EXPECT_TRUE(EDO_CHECK_READY(a.poll()));
  EDO_CHECK_PENDING(b.poll());
  const raw_peer second = connect_to(listener);
  turn_until_woken(b);
  EXPECT_TRUE(EDO_CHECK_READY(b.poll()));
}

TEST_F(tcp_listener, dropped_accept_loses_no_connection) {
  auto listener = listen();
  const raw_peer client = [&] {
    auto task = edo::test::spawn(listener.accept());
    EDO_CHECK_PENDING(task.poll());
    raw_peer made = connect_to(listener);
    turn_until_woken(task);
    task.drop();
    EXPECT_EQ(task.waker_ref_count(), 0u);
    return made;
  }();
  auto task = edo::test::spawn(listener.accept());
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(tcp_listener, occupied_port_is_an_error) {
  const auto listener = listen();
  const auto again = edo::detail::listen_at(*driver_, listener.local_addr().value(), {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), std::errc::address_in_use);
  EXPECT_EQ(again.error().message(), "Address already in use");
}

TEST_F(tcp_listener, port_may_be_shared_if_all_say_so) {
  const auto first = listen({.reuse_port = true});
  EXPECT_TRUE(edo::detail::listen_at(*driver_, first.local_addr().value(), {.reuse_port = true}));
  EXPECT_FALSE(edo::detail::listen_at(*driver_, first.local_addr().value(), {}));
}

TEST_F(tcp_listener, port_of_lingering_connections_can_be_taken_again) {
  edo::socket_addr addr;
  {
    auto listener = listen();
    addr = listener.local_addr().value();
    const raw_peer client = connect_to(listener);
    {
      const auto accepted = run(listener.accept());
    }  // closes first: its side lingers
  }
  EXPECT_TRUE(edo::detail::listen_at(*driver_, addr, {}));
}

TEST_F(tcp_listener, accept_ends_when_the_driver_does) {
  auto listener = listen();
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
  driver_->shutdown();
  EDO_CHECK_WOKEN(task);
  const auto got = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), edo::errc::runtime_shutdown);
}

TEST_F(tcp_listener, connections_that_are_gone_are_skipped) {
  for (const int error : {ECONNABORTED, EPROTO, EINTR, ENETUNREACH}) {
    auto listener = listen();
    const raw_peer client = connect_to(listener);
    turn();
    net_test::fail_next(call::accept4, error, 3);
    auto task = edo::test::spawn(listener.accept());
    EXPECT_TRUE(EDO_CHECK_READY(task.poll())) << error;
    EXPECT_EQ(listener.stats().aborted, error == EINTR ? 0u : 3u);
  }
}

TEST_F(tcp_listener, endless_errors_do_not_keep_a_poll) {
  auto listener = listen();
  const raw_peer client = connect_to(listener);
  turn();
  net_test::fail_next(call::accept4, ECONNABORTED, 1'000);
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
  EDO_CHECK_WOKEN(task);
  EXPECT_GT(net_test::stop_failing(call::accept4), 900u);
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(tcp_listener, errors_of_the_listener_itself_are_told) {
  auto listener = listen();
  const raw_peer client = connect_to(listener);
  turn();
  net_test::fail_next(call::accept4, EINVAL, 1);
  auto task = edo::test::spawn(listener.accept());
  const auto got = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), std::errc::invalid_argument);
}

// --- out of descriptors ---

class exhausted_listener : public tcp_listener {
 protected:
  exhausted_listener() { driver_->clock().pause(); }
  ~exhausted_listener() override { net_test::stop_failing(call::accept4); }

  void advance(std::int64_t step_ns) {
    driver_->advance_clock(step_ns);
    turn();
  }
};

TEST_F(exhausted_listener, waits_10_ms_and_tries_again) {
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    auto listener = listen();
    const raw_peer client = connect_to(listener);
    turn();
    net_test::fail_next(call::accept4, error, 1);
    auto task = edo::test::spawn(listener.accept());
    EDO_CHECK_PENDING(task.poll());
    EXPECT_FALSE(task.is_woken());
    advance(10 * ms - 1);
    EXPECT_FALSE(task.is_woken());
    advance(1);
    EDO_CHECK_WOKEN(task);
    EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
    EXPECT_EQ(listener.stats().exhausted, 1u);
    EXPECT_EQ(listener.stats().attempts, 2u);
    EXPECT_EQ(task.waker_ref_count(), 0u);
  }
}

TEST_F(exhausted_listener, doubles_the_pause_up_to_a_second_and_forgets_it_after_a_success) {
  auto listener = listen();
  const raw_peer first = connect_to(listener);
  const raw_peer second = connect_to(listener);
  turn();
  net_test::fail_next(call::accept4, EMFILE, 1'000);
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
  for (const std::int64_t pause : {10, 20, 40, 80, 160, 320, 640, 1'000, 1'000, 1'000}) {
    const call_counter accepts(call::accept4);
    advance(pause * ms - 1);
    EXPECT_FALSE(task.is_woken()) << pause;
    advance(1);
    EXPECT_TRUE(task.is_woken()) << pause;
    EDO_CHECK_PENDING(task.poll());
    EXPECT_EQ(accepts.calls(), 1u);
  }
  net_test::stop_failing(call::accept4);
  advance(1'000 * ms);
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
  net_test::fail_next(call::accept4, EMFILE, 1);
  auto next = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(next.poll());
  advance(10 * ms);
  EXPECT_TRUE(EDO_CHECK_READY(next.poll()));
}

TEST_F(exhausted_listener, keeps_its_pause_when_accepts_are_dropped_and_made_again) {
  auto listener = listen();
  const raw_peer client = connect_to(listener);
  turn();
  net_test::fail_next(call::accept4, EMFILE, 1);
  const call_counter accepts(call::accept4);
  for (int i = 0; i < 100; ++i) {
    auto task = edo::test::spawn(listener.accept());
    EDO_CHECK_PENDING(task.poll());
    EDO_CHECK_PENDING(task.poll());
    task.drop();
    EXPECT_EQ(task.waker_ref_count(), 0u);
  }
  EXPECT_EQ(accepts.calls(), 1u);
  advance(10 * ms);
  auto task = edo::test::spawn(listener.accept());
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));  // the backlog was not forgotten
}

TEST_F(exhausted_listener, several_accepts_share_one_pause) {
  auto listener = listen();
  const raw_peer first = connect_to(listener);
  const raw_peer second = connect_to(listener);
  turn();
  net_test::fail_next(call::accept4, EMFILE, 1);
  auto a = edo::test::spawn(listener.accept());
  auto b = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(a.poll());
  EDO_CHECK_PENDING(b.poll());
  EXPECT_EQ(listener.stats().attempts, 1u);
  advance(10 * ms);
  EXPECT_TRUE(EDO_CHECK_READY(a.poll()));
  EXPECT_TRUE(EDO_CHECK_READY(b.poll()));
}

TEST_F(exhausted_listener, goes_on_when_a_socket_is_closed) {
  auto listener = listen();
  const raw_peer client = connect_to(listener);
  auto other = connected();
  turn();
  net_test::fail_next(call::accept4, EMFILE, 1);
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
  {
    const edo::tcp_stream closed = std::move(other.stream);
  }
  EDO_CHECK_WOKEN(task);
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(exhausted_listener, a_socket_closed_while_nobody_accepts_ends_the_pause_too) {
  auto listener = listen();
  const raw_peer client = connect_to(listener);
  auto other = connected();
  turn();
  net_test::fail_next(call::accept4, EMFILE, 1);
  {
    auto task = edo::test::spawn(listener.accept());
    EDO_CHECK_PENDING(task.poll());
  }
  {
    const edo::tcp_stream closed = std::move(other.stream);
  }
  auto task = edo::test::spawn(listener.accept());
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(exhausted_listener, pause_ends_when_the_driver_does) {
  auto listener = listen();
  const raw_peer client = connect_to(listener);
  turn();
  net_test::fail_next(call::accept4, EMFILE, 1);
  auto task = edo::test::spawn(listener.accept());
  EDO_CHECK_PENDING(task.poll());
  driver_->shutdown();
  EDO_CHECK_WOKEN(task);
  const auto got = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), edo::errc::runtime_shutdown);
}

/// Lowers the limit of descriptors so that `spare` more can be opened.
class descriptor_limit {
 public:
  explicit descriptor_limit(rlim_t spare) {
    net_test::must(::getrlimit(RLIMIT_NOFILE, &before_) == 0, "getrlimit");
    const edo::unique_fd next(::dup(0));
    rlimit lowered = before_;
    lowered.rlim_cur = static_cast<rlim_t>(next.get()) + spare;
    net_test::must(::setrlimit(RLIMIT_NOFILE, &lowered) == 0, "setrlimit");
  }
  descriptor_limit(const descriptor_limit&) = delete;
  descriptor_limit& operator=(const descriptor_limit&) = delete;
  ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(exhausted_listener, accepts_all_of_200_clients_with_few_descriptors) {
  constexpr unsigned clients_count = 200;
  constexpr unsigned spare = 16;
  auto listener = listen();
  std::vector<raw_peer> clients;
  for (unsigned i = 0; i < clients_count; ++i) clients.push_back(connect_to(listener));
  turn();
  const descriptor_limit limit(spare);
  std::vector<edo::tcp_stream> served;
  unsigned accepted = 0;
  while (accepted < clients_count) {
    auto task = edo::test::spawn(listener.accept());
    auto polled = task.poll();
    if (polled.is_pending()) {
      ASSERT_FALSE(task.is_woken());  // it waits, it does not spin
      ASSERT_FALSE(served.empty());
      served.erase(served.begin());
      EDO_CHECK_WOKEN(task);
      polled = task.poll();
    }
    auto got = EDO_CHECK_READY(polled);
    ASSERT_TRUE(got) << got.error().message();
    served.push_back(std::move(got->stream));
    ++accepted;
  }
  EXPECT_EQ(listener.stats().accepted, clients_count);
  EXPECT_EQ(listener.stats().exhausted, clients_count - spare);
  EXPECT_EQ(listener.stats().attempts, 2 * clients_count - spare);
}

TEST_F(tcp_listener, a_thousand_connections_leak_no_descriptor) {
  const std::size_t before = net_test::open_descriptors();
  {
    auto listener = listen();
    std::set<int> numbers;
    for (int i = 0; i < 1'000; ++i) {
      raw_peer client = connect_to(listener);
      auto got = run(listener.accept());
      ASSERT_TRUE(got);
      numbers.insert(got->stream.fd());
      char buffer[8];
      auto task = edo::test::spawn(got->stream.read(buffer));
      EDO_CHECK_PENDING(task.poll());
      switch (i % 4) {
        case 0:
          client.send("x");
          break;
        case 1:
          client.close();
          break;
        case 2:
          client.reset();
          break;
        default:
          task.drop();
          continue;  // our side closes first
      }
      drive(task);
    }
    EXPECT_LT(numbers.size(), 10u);  // descriptors are used again, and no event is confused
  }
  EXPECT_EQ(net_test::open_descriptors(), before);
}

}  // namespace
