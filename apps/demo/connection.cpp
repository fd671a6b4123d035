#include "connection.hpp"

#include "http/router.hpp"
#include "http/text.hpp"
#include "routes.hpp"

#include <algorithm>
#include <exception>
#include <expected>
#include <optional>
#include <system_error>
#include <utility>

namespace demo {

namespace {

/// How much a refused client may still send before its connection is reset.
constexpr std::size_t linger_bytes_max = std::size_t{256} * 1024;

/// The answer of a route; an exception in it is this request's failure, not the connection's.
edo::async<response> answer_or_500(std::shared_ptr<app> state, route to) {
  std::string text;
  try {
    co_return co_await answer(state, to);
  } catch (const std::exception& error) {
    text = error.what();
  }
  co_return error_response(500, text);
}

}  // namespace

edo::async<void> serve_connection(std::shared_ptr<app> state,
                                  edo::tcp_stream stream,
                                  [[maybe_unused]] gauge::token place) {
  connection client(*state, std::move(stream));
  co_await client.run(state);
}

connection::connection(app& state, edo::tcp_stream stream)
    : state_(state), stream_(std::move(stream)), parser_(state.opts.request) {}

edo::async<void> connection::run(std::shared_ptr<app> state) {
  while (true) {
    const received what = co_await receive();
    if (what == received::ended) co_return;
    if (what == received::refused) {
      co_await refuse();
      break;
    }
    const bool keep = co_await respond(state);
    if (!keep) break;
    parser_.next();
  }
  co_await linger();
}

std::string_view connection::unread() const noexcept {
  return std::string_view(buffer_.data() + begin_, end_ - begin_);
}

/// Reads one whole request. A kept connection may wait for the first byte of it as long as the
/// idle timeout says; from then on its head has a deadline, and its body another.
edo::async<connection::received> connection::receive() {
  const connection_limits& limits = state_.opts.connection;
  if (unread().empty()) {
    const received what = co_await read_more(edo::clock::now() + limits.idle_timeout);
    if (what != received::request) co_return received::ended;
  }
  edo::instant deadline = edo::clock::now() + limits.head_timeout;
  while (true) {
    const request_parser::step step = parser_.feed(unread());
    begin_ += step.taken;
    switch (step.status) {
      case parse_status::message_complete:
        co_return received::request;
      case parse_status::failed:
        refusal_ = parser_.error();
        co_return received::refused;
      case parse_status::head_complete:
        // Who waits for leave to send a body gets the answer instead, and no connection after it.
        if (parser_.head().field("expect") != nullptr) co_return received::request;
        deadline = edo::clock::now() + limits.head_timeout;
        break;
      case parse_status::need_more:
        break;
    }
    if (!unread().empty()) continue;
    const received what = co_await read_more(deadline);
    if (what != received::request) co_return what;
  }
}

/// `request` stands for more bytes.
edo::async<connection::received> connection::read_more(edo::instant deadline) {
  auto got = co_await edo::timeout_at(deadline, stream_.read(buffer_));
  begin_ = end_ = 0;
  if (got) {
    end_ = *got;
    co_return *got == 0 ? received::ended : received::request;
  }
  if (got.error() != std::errc::timed_out) co_return received::ended;
  refusal_ = {408, "the request took too long"};
  co_return received::refused;
}

/// Answers the request that has been read. True: the connection is kept.
edo::async<bool> connection::respond(std::shared_ptr<app> state) {
  // relaxed: a statistic.
  state_.requests.fetch_add(1, edo::memory_order_relaxed);
  const request& head = parser_.head();
  const bool body_unread = head.has_body() && head.field("expect") != nullptr;
  const std::expected<route, refusal> to = find_route(head);
  if (to && to->name == route_name::ticks) {
    co_await stream_ticks(to->duration, to->head_only);
    co_return false;
  }
  const gauge::token busy = state_.busy.enter();
  response made;
  if (to) {
    made = co_await answer_or_500(state, *to);
  } else {
    made = error_response(to.error().status, to.error().reason);
    if (made.status == 405) made.extra_fields = "Allow: GET, HEAD\r\n";
  }
  // relaxed: whether this answer or the next says so does not matter.
  const bool stopping = state_.stopping.load(edo::memory_order_relaxed);
  const bool is_last = ++served_ >= state_.opts.connection.requests_max;
  const bool keep = head.keep_alive && !body_unread && !stopping && !is_last;
  std::string bytes;
  append_response(bytes, made, keep, head.method == "HEAD");
  const edo::result<void> sent = co_await send(std::move(bytes));
  co_return sent.has_value() && keep;
}

edo::async<void> connection::refuse() {
  // relaxed: a statistic.
  state_.requests.fetch_add(1, edo::memory_order_relaxed);
  std::string bytes;
  append_response(bytes, error_response(refusal_.status, refusal_.reason), false, false);
  const edo::result<void> sent = co_await send(std::move(bytes));
  if (!sent) co_return;  // the client is gone; it will not miss the answer
}

/// Writes all, as long as the client takes something before the write timeout passes.
edo::async<edo::result<void>> connection::send(std::string bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t taken =
        co_await edo::try_(edo::timeout(state_.opts.connection.write_timeout, stream_.write(rest)));
    rest.remove_prefix(taken);
  }
  co_return edo::result<void>();
}

/// Server-sent events until the client leaves, which a read tells. Without ticks it is all that
/// this task waits for: no timer, no wake.
edo::async<void> connection::stream_ticks(std::chrono::milliseconds every, bool head_only) {
  std::string head;
  append_stream_head(head, "text/event-stream");
  const edo::result<void> sent = co_await send(std::move(head));
  if (!sent || head_only) co_return;
  edo::instant due = edo::clock::now() + every;
  for (std::uint64_t tick = 1;;) {
    std::optional<edo::result<std::size_t>> read;
    if (every.count() == 0) {
      read = co_await stream_.read(buffer_);
    } else {
      auto first = co_await edo::select(edo::sleep_until(due), stream_.read(buffer_));
      if (first.index() == 1) read = edo::get<1>(first);
    }
    if (read && (!*read || **read == 0)) co_return;  // gone
    if (read) continue;                              // what it says does not matter
    std::string event = "data: {\"tick\": " + std::to_string(tick++) +
                        ", \"late_ms\": " + one_decimal(elapsed_ms(due)) + "}\n\n";
    const edo::result<void> told = co_await send(std::move(event));
    if (!told) co_return;
    due = std::max(due + every, edo::clock::now());  // ticks that were missed are not made up for
  }
}

/// Ends the connection so that the last answer arrives: a close with unread input would reset it.
edo::async<void> connection::linger() {
  const edo::result<void> shut = co_await stream_.shutdown();
  if (!shut) co_return;
  const edo::instant deadline = edo::clock::now() + state_.opts.connection.linger_timeout;
  for (std::size_t dropped = 0; dropped < linger_bytes_max;) {
    auto got = co_await edo::timeout_at(deadline, stream_.read(buffer_));
    if (!got || *got == 0) co_return;
    dropped += *got;
  }
}

}  // namespace demo
