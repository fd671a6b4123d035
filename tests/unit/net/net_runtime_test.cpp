#include "edo/base/error.hpp"
#include "edo/base/usage.hpp"
#include "edo/future/join.hpp"
#include "edo/net/lookup_host.hpp"
#include "edo/net/tcp_listener.hpp"
#include "edo/net/tcp_stream.hpp"
#include "edo/runtime/builder.hpp"
#include "edo/runtime/spawn.hpp"
#include "edo/test/task.hpp"

#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::literals;

edo::runtime make(edo::runtime_builder builder) { return builder.build().value(); }

/// Each test on both flavours.
class on_runtime : public ::testing::TestWithParam<bool> {
 protected:
  edo::runtime runtime_ = make(GetParam() ? edo::runtime_builder::multi_thread().worker_threads(2)
                                          : edo::runtime_builder::current_thread());
};

INSTANTIATE_TEST_SUITE_P(flavour, on_runtime, ::testing::Bool(), [](const auto& suite) {
  return suite.param ? "multi_thread" : "current_thread";
});

edo::async<void> echo(edo::tcp_stream stream) {
  std::array<char, 1024> buffer{};
  for (;;) {
    const auto got = co_await stream.read(buffer);
    if (!got || *got == 0) co_return;
    const auto sent = co_await stream.write_all(std::span(buffer).first(*got));
    if (!sent) co_return;
  }
}

edo::async<void> serve(edo::tcp_listener listener) {
  for (;;) {
    auto got = co_await listener.accept();
    if (!got) co_return;
    edo::spawn(echo(std::move(got->stream)));
  }
}

edo::async<edo::result<std::string>> ask(edo::socket_addr server, std::string question) {
  edo::tcp_stream stream = co_await edo::try_(edo::tcp_stream::connect(server));
  co_await edo::try_(stream.write_all(question));
  co_await edo::try_(stream.shutdown());
  std::string answer;
  std::array<char, 100> buffer{};
  for (;;) {
    const std::size_t got = co_await edo::try_(stream.read(buffer));
    if (got == 0) co_return answer;
    answer.append(buffer.data(), got);
  }
}

TEST_P(on_runtime, many_clients_get_their_echo) {
  constexpr int clients = 50;
  const auto main = []() -> edo::async<int> {
    auto listener = co_await edo::tcp_listener::bind("127.0.0.1:0");
    const edo::socket_addr addr = listener->local_addr().value();
    auto server = edo::spawn(serve(*std::move(listener)));
    std::vector<edo::join_handle<edo::result<std::string>>> asked;
    for (int i = 0; i < clients; ++i) {
      asked.push_back(edo::spawn(ask(addr, std::string(static_cast<std::size_t>(i) * 997, 'e'))));
    }
    int right = 0;
    for (int i = 0; i < clients; ++i) {
      const auto answer = co_await asked[static_cast<std::size_t>(i)];
      if (answer && *answer && (*answer)->size() == static_cast<std::size_t>(i) * 997) ++right;
    }
    server.abort();
    const auto ended = co_await server;
    co_return ended.has_value() ? -1 : right;
  };
  EXPECT_EQ(runtime_.block_on(main()), clients);
}

TEST_P(on_runtime, owned_halves_serve_two_tasks) {
  const auto send_all = [](edo::tcp_owned_write_half writer) -> edo::async<bool> {
    const std::string block(100'000, 'b');
    for (int i = 0; i < 20; ++i) {
      const auto sent = co_await writer.write_all(block);
      if (!sent) co_return false;
    }
    co_return true;
  };
  const auto main = [&]() -> edo::async<std::size_t> {
    auto listener = co_await edo::tcp_listener::bind("127.0.0.1:0");
    const edo::socket_addr addr = listener->local_addr().value();
    edo::spawn(serve(*std::move(listener)));
    auto stream = co_await edo::tcp_stream::connect(addr);
    auto halves = (*std::move(stream)).into_split();
    auto sender = edo::spawn(send_all, std::move(halves.writer));
    std::vector<std::byte> buffer(10'000);
    std::size_t total = 0;
    for (;;) {
      const auto got = co_await halves.reader.read(buffer);
      if (!got || *got == 0) break;
      total += *got;
    }
    const auto sent = co_await sender;
    co_return sent.value() ? total : 0;
  };
  EXPECT_EQ(runtime_.block_on(main()), 2'000'000u);
}

TEST_P(on_runtime, refused_connection_is_an_error) {
  const auto main = []() -> edo::async<std::error_code> {
    edo::socket_addr addr;
    {
      auto listener = co_await edo::tcp_listener::bind(edo::socket_addr::loopback(0));
      addr = listener->local_addr().value();
    }
    const auto stream = co_await edo::tcp_stream::connect(addr);
    co_return stream ? std::error_code() : stream.error();
  };
  EXPECT_EQ(runtime_.block_on(main()), std::errc::connection_refused);
}

TEST_P(on_runtime, occupied_port_is_an_error_of_bind) {
  const auto main = []() -> edo::async<std::error_code> {
    auto first = co_await edo::tcp_listener::bind("127.0.0.1:0");
    const std::string addr = first->local_addr().value().to_string();
    const auto second = co_await edo::tcp_listener::bind(addr);
    co_return second ? std::error_code() : second.error();
  };
  EXPECT_EQ(runtime_.block_on(main()), std::errc::address_in_use);
}

TEST_P(on_runtime, localhost_needs_no_lookup) {
  const auto main = []() -> edo::async<bool> {
    auto listener = co_await edo::tcp_listener::bind("localhost:0");
    const auto port = std::to_string(listener->local_addr().value().port());
    auto stream = co_await edo::tcp_stream::connect("localhost:" + port);
    co_return stream.has_value();
  };
  EXPECT_TRUE(runtime_.block_on(main()));
}

TEST_P(on_runtime, names_are_looked_up_by_the_system) {
  // A spelling that the system reads without asking anybody, and edo's strict reader does not.
  const auto found = runtime_.block_on(edo::lookup_host("127.1:80"));
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->front(), edo::socket_addr::loopback(80));
}

TEST_P(on_runtime, lookup_refuses_what_is_no_host_and_port) {
  for (const auto text : {"", ":", ":80", "host", "host:", "host:x", "host:65536", "a b:", "::1:80",
                          "[::1]80", "[host]:80", "ho%st:80"}) {
    const auto found = runtime_.block_on(edo::lookup_host(text));
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error(), edo::errc::invalid_address) << text;
  }
  const auto numeric = runtime_.block_on(edo::lookup_host("[fe80::1%3]:7"));
  EXPECT_EQ(numeric.value().at(0).to_string(), "[fe80::1%3]:7");
}

TEST_P(on_runtime, streams_outlive_their_runtime) {
  const auto main = []() -> edo::async<std::vector<edo::tcp_stream>> {
    auto listener = co_await edo::tcp_listener::bind("127.0.0.1:0");
    auto client = co_await edo::tcp_stream::connect(listener->local_addr().value());
    auto server = co_await listener->accept();
    std::vector<edo::tcp_stream> both;
    both.push_back(*std::move(client));
    both.push_back(std::move(server->stream));
    co_return both;
  };
  std::vector<edo::tcp_stream> streams;
  {
    edo::runtime inner = make(edo::runtime_builder::current_thread());
    streams = inner.block_on(main());
  }
  char buffer[8];
  auto task = edo::test::spawn(streams[0].read(buffer));
  const auto got = EDO_CHECK_READY(task.poll());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), edo::errc::runtime_shutdown);
}

TEST(without_runtime, connect_and_bind_throw_with_the_place_of_the_call) {
  auto connecting = edo::test::spawn(edo::tcp_stream::connect(edo::socket_addr::loopback(1)));
  auto binding = edo::test::spawn(edo::tcp_listener::bind("127.0.0.1:0"));
  try {
    static_cast<void>(connecting.poll());
    FAIL() << "connect without a runtime";
  } catch (const edo::usage_error& error) {
    EXPECT_EQ(error.code(), edo::usage::no_runtime);
    EXPECT_STREQ(error.where().file_name(), __FILE__);
  }
  EXPECT_THROW(static_cast<void>(binding.poll()), edo::usage_error);
}

TEST_P(on_runtime, dropped_connect_leaves_nothing_behind) {
  const auto guard = runtime_.enter();
  for (int i = 0; i < 10; ++i) {
    // Nobody answers there (RFC 5737); where the network says so at once, that is fine too.
    auto task = edo::test::spawn(
        edo::tcp_stream::connect(edo::socket_addr(edo::ip_addr::v4(192, 0, 2, 1), 9)));
    static_cast<void>(task.poll().is_ready());
    task.drop();
    EXPECT_EQ(task.waker_ref_count(), 0u);
  }
}

}  // namespace
