#include "edo/net/tcp_split.hpp"

#include "edo/future/join.hpp"

#include "unit/net/net_fixture.hpp"

#include <gtest/gtest.h>
#include <span>
#include <string>
#include <utility>

namespace {

using namespace std::literals;

class tcp_split : public net_test::driven {
 protected:
  char buffer_[64];
};

TEST_F(tcp_split, borrowed_halves_work_at_once_in_one_task) {
  auto [stream, peer] = connected();
  const auto both = [](edo::tcp_stream& on) -> edo::async<std::string> {
    auto [reader, writer] = on.split();
    char buffer[64];
    auto [got, sent] = co_await edo::join(reader.read(buffer), writer.write_all("question"sv));
    co_return std::string(buffer, got.value());
  };
  auto task = edo::test::spawn(both(stream));
  EDO_CHECK_PENDING(task.poll());
  turn_until_woken(task);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(peer.receive(8), "question");
  peer.send("answer");
  EXPECT_EQ(drive(task), "answer");
  EXPECT_EQ(stream.split().reader.peer_addr(), stream.peer_addr());
}

TEST_F(tcp_split, destroyed_owned_writer_ends_the_sending_side_only) {
  auto [stream, peer] = connected();
  auto halves = std::move(stream).into_split();
  EXPECT_TRUE(run(halves.writer.write_all("bye"sv)));
  {
    const edo::tcp_owned_write_half ended = std::move(halves.writer);
  }
  EXPECT_EQ(peer.receive(100), "bye");
  peer.send("x");
  EXPECT_EQ(run(halves.reader.read(buffer_)), 1u);
}

TEST_F(tcp_split, forgotten_writer_ends_nothing) {
  auto [stream, peer] = connected();
  auto halves = std::move(stream).into_split();
  std::move(halves.writer).forget();
  pollfd asked{.fd = peer.fd(), .events = POLLIN | POLLRDHUP, .revents = 0};
  EXPECT_EQ(::poll(&asked, 1, 0), 0);
  peer.send("x");
  EXPECT_EQ(run(halves.reader.read(buffer_)), 1u);
}

TEST_F(tcp_split, connection_closes_when_both_halves_are_gone) {
  auto [stream, peer] = connected();
  const std::size_t before = net_test::open_descriptors();
  {
    auto [reader, writer] = std::move(stream).into_split();
    {
      const auto gone = std::move(reader);
    }
    EXPECT_EQ(net_test::open_descriptors(), before);
    EXPECT_TRUE(run(writer.write_all("still"sv)));
  }
  EXPECT_EQ(net_test::open_descriptors(), before - 1);
  EXPECT_EQ(peer.receive(100), "still");
}

TEST_F(tcp_split, assigned_writer_ends_the_side_it_had) {
  auto [first, first_peer] = connected();
  auto [second, second_peer] = connected();
  auto a = std::move(first).into_split();
  auto b = std::move(second).into_split();
  a.writer = std::move(b.writer);
  EXPECT_EQ(first_peer.receive(1), "");
  EXPECT_TRUE(run(a.writer.write_all("x"sv)));
  EXPECT_EQ(second_peer.receive(1), "x");
}

TEST_F(tcp_split, halves_of_one_stream_reunite) {
  auto [stream, peer] = connected();
  auto [other, other_peer] = connected();
  auto halves = std::move(stream).into_split();
  auto others = std::move(other).into_split();
  auto refused = edo::tcp_stream::reunite({std::move(halves.reader), std::move(others.writer)});
  ASSERT_FALSE(refused);
  auto whole =
      edo::tcp_stream::reunite({std::move(refused.error().reader), std::move(halves.writer)});
  ASSERT_TRUE(whole);
  EXPECT_TRUE(run(whole->write_all("whole"sv)));
  EXPECT_EQ(peer.receive(5), "whole");
  EXPECT_TRUE(run(refused.error().writer.write_all("other"sv)));
  EXPECT_EQ(other_peer.receive(5), "other");
}

}  // namespace
