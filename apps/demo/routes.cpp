#include "routes.hpp"

#include "backend.hpp"
#include "digest.hpp"
#include "http/text.hpp"
#include "race.hpp"

#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace demo {

namespace {

using state_ptr = std::shared_ptr<app>;

struct report {
  std::string user;
  std::string orders;
};

/// One after the other: the second question is asked when the first is answered.
edo::async<edo::result<report>> report_in_turn(edo::socket_addr backend, std::uint32_t id) {
  report made;
  made.user = co_await edo::try_(fetch_user(backend, id));
  made.orders = co_await edo::try_(fetch_orders(backend, id));
  co_return made;
}

/// Both at once, in this task: the slower of the two decides.
edo::async<edo::result<report>> report_joined(edo::socket_addr backend, std::uint32_t id) {
  auto [user, orders] = co_await edo::join(fetch_user(backend, id), fetch_orders(backend, id));
  if (!user) co_return std::unexpected(user.error());
  if (!orders) co_return std::unexpected(orders.error());
  report made;
  made.user = *std::move(user);
  made.orders = *std::move(orders);
  co_return made;
}

response backend_failed(std::error_code error) {
  return error_response(502, "the backend: " + error.message());
}

edo::async<response> answer_report(state_ptr state, route to) {
  const edo::instant begin = edo::clock::now();
  edo::result<report> made;
  if (to.joined) {
    made = co_await report_joined(state->backend, to.id);
  } else {
    made = co_await report_in_turn(state->backend, to.id);
  }
  if (!made) co_return backend_failed(made.error());
  response answer;
  answer.body = "{\"id\": " + std::to_string(to.id) + ", \"user\": " + json_string(made->user) +
                ", \"orders\": " + made->orders +
                ", \"how\": " + (to.joined ? "\"joined\"" : "\"one after the other\"") +
                ", \"elapsed_ms\": " + one_decimal(elapsed_ms(begin)) + "}\n";
  co_return answer;
}

/// On a thread of the blocking pool: the workers go on with other tasks.
edo::async<response> answer_hash(route to) {
  const edo::instant begin = edo::clock::now();
  auto job = edo::spawn_blocking([mebibytes = to.mebibytes] { return digest_of_zeros(mebibytes); });
  auto digest = co_await job;
  if (!digest) co_return error_response(500, "the job was cancelled");
  if (digest->empty()) co_return error_response(500, "libcrypto refused");
  response answer;
  answer.body = "{\"mb\": " + std::to_string(to.mebibytes) +
                ", \"sha256\": " + json_string(*digest) +
                ", \"elapsed_ms\": " + one_decimal(elapsed_ms(begin)) + "}\n";
  co_return answer;
}

response held_worker(std::string_view how, edo::instant begin) {
  response answer;
  answer.body = "{\"held_a_worker_by\": " + json_string(how) +
                ", \"elapsed_ms\": " + one_decimal(elapsed_ms(begin)) + "}\n";
  return answer;
}

/// Wrong on purpose: a loop without `co_await` keeps its worker from every other task.
edo::async<response> answer_freeze(route to) {
  const edo::instant begin = edo::clock::now();
  while (edo::clock::now() - begin < to.duration) {
  }
  co_return held_worker("a loop without co_await", begin);
}

/// Wrong on purpose: a blocking call does the same, without using the processor.
edo::async<response> answer_blocked(route to) {
  const edo::instant begin = edo::clock::now();
  std::this_thread::sleep_for(to.duration);
  co_return held_worker("a blocking sleep", begin);
}

edo::async<response> answer_timeout(state_ptr state, route to) {
  const edo::instant begin = edo::clock::now();
  auto user = co_await edo::timeout(to.duration, fetch_user(state->backend, 7));
  const std::string took = one_decimal(elapsed_ms(begin));
  std::string outcome;
  if (user) {
    outcome = "\"value\", \"user\": " + json_string(*user);
  } else if (user.error() == std::errc::timed_out) {
    outcome = "\"elapsed\"";
  } else {
    co_return backend_failed(user.error());
  }
  response answer;
  answer.body = "{\"limit_ms\": " + std::to_string(to.duration.count()) +
                ", \"outcome\": " + outcome + ", \"elapsed_ms\": " + took + "}\n";
  co_return answer;
}

response answer_page(const app& state) {
  response answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.extra_fields =
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'\r\n";
  answer.body = state.page;
  return answer;
}

}  // namespace

edo::async<response> answer(std::shared_ptr<app> state, route to) {
  switch (to.name) {
    case route_name::report:
      co_return co_await answer_report(state, to);
    case route_name::hash:
      co_return co_await answer_hash(to);
    case route_name::freeze:
      co_return co_await answer_freeze(to);
    case route_name::blocked:
      co_return co_await answer_blocked(to);
    case route_name::timeout:
      co_return co_await answer_timeout(state, to);
    case route_name::race:
      co_return co_await answer_race(state);
    case route_name::page:
    case route_name::ticks:
      break;
  }
  co_return answer_page(*state);
}

}  // namespace demo
