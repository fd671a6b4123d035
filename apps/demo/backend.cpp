#include "backend.hpp"

#include "http/text.hpp"

#include <array>
#include <random>
#include <string_view>
#include <utility>

namespace demo {

namespace {

constexpr std::size_t line_bytes_max = 64;
constexpr std::chrono::seconds question_timeout{5};
constexpr std::chrono::seconds answer_timeout{2};

constexpr std::string_view names[] = {"Ada Lovelace",    "Grace Hopper", "Barbara Liskov",
                                      "Edsger Dijkstra", "Tony Hoare",   "Alan Kay"};

std::string answer_to(std::string_view question) {
  const std::size_t blank = question.find(' ');
  const std::string_view topic = question.substr(0, blank);
  const std::string_view subject =
      blank == std::string_view::npos ? std::string_view() : question.substr(blank + 1);
  const std::uint64_t id = to_number(subject, 1'000'000).value_or(0);
  if (topic == "user") return std::string(names[id % std::size(names)]);
  if (topic == "orders") return std::to_string(id * 7 % 23);
  if (topic == "replica") return "served by replica " + std::string(subject);
  return "what?";
}

/// Replicas take from half to one and a half of the latency, so that either may win a race.
std::chrono::milliseconds latency_of(std::string_view question, std::chrono::milliseconds usual) {
  if (!question.starts_with("replica")) return usual;
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> spread(usual.count() / 2, usual.count() * 3 / 2);
  return std::chrono::milliseconds(spread(random));
}

edo::async<edo::result<std::string>> read_line(edo::tcp_stream& stream) {
  std::string line;
  std::array<char, line_bytes_max> buffer{};
  while (line.size() <= line_bytes_max) {
    const std::size_t got = co_await edo::try_(stream.read(buffer));
    line.append(buffer.data(), got);
    const std::size_t end = line.find('\n');
    if (end != std::string::npos) co_return line.substr(0, end);
    if (got == 0) co_return std::unexpected(make_error_code(edo::errc::closed));
  }
  co_return std::unexpected(std::make_error_code(std::errc::message_size));
}

edo::async<edo::result<void>> answer(edo::tcp_stream stream, std::chrono::milliseconds latency) {
  const std::string question =
      co_await edo::try_(edo::timeout(question_timeout, read_line(stream)));
  co_await edo::sleep(latency_of(question, latency));
  const std::string reply = answer_to(question) + "\n";
  co_await edo::try_(stream.write_all(reply));
  co_return edo::result<void>();
}

edo::async<void> run_backend(edo::tcp_listener listener, std::chrono::milliseconds latency) {
  while (true) {
    auto accepted = co_await listener.accept();
    if (!accepted) co_return;
    edo::spawn(answer(std::move(accepted->stream), latency));
  }
}

edo::async<edo::result<std::string>> exchange(edo::socket_addr backend, std::string question) {
  edo::tcp_stream stream = co_await edo::try_(edo::tcp_stream::connect(backend));
  question.push_back('\n');
  co_await edo::try_(stream.write_all(question));
  co_return co_await read_line(stream);
}

}  // namespace

edo::async<edo::result<edo::socket_addr>> start_backend(std::chrono::milliseconds latency) {
  edo::tcp_listener listener = co_await edo::try_(edo::tcp_listener::bind("127.0.0.1:0"));
  auto addr = listener.local_addr();
  if (!addr) co_return std::unexpected(addr.error());
  edo::spawn(run_backend(std::move(listener), latency));
  co_return *addr;
}

edo::async<edo::result<std::string>> ask(edo::socket_addr backend, std::string question) {
  co_return co_await edo::timeout(answer_timeout, exchange(backend, std::move(question)));
}

edo::async<edo::result<std::string>> fetch_user(edo::socket_addr backend, std::uint32_t id) {
  co_return co_await ask(backend, "user " + std::to_string(id));
}

edo::async<edo::result<std::string>> fetch_orders(edo::socket_addr backend, std::uint32_t id) {
  co_return co_await ask(backend, "orders " + std::to_string(id));
}

}  // namespace demo
