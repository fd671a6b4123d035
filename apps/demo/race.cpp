#include "race.hpp"

#include "backend.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo {

namespace {

/// What happened, in order. One task writes it, so it needs no lock.
using race_log = std::vector<std::string>;

/// A local variable of a racer: its destructor tells whether the racer came to its end.
class racer_note {
 public:
  racer_note(std::shared_ptr<race_log> log, std::string name)
      : log_(std::move(log)), name_(std::move(name)) {
    log_->push_back(name_ + " asks");
  }
  racer_note(const racer_note&) = delete;
  racer_note& operator=(const racer_note&) = delete;
  ~racer_note() { log_->push_back(name_ + (answered_ ? " answered" : " dropped while it waited")); }

  void answered() noexcept { answered_ = true; }

 private:
  std::shared_ptr<race_log> log_;
  std::string name_;
  bool answered_ = false;
};

edo::async<edo::result<std::string>> racer(edo::socket_addr backend,
                                           std::string name,
                                           std::shared_ptr<race_log> log) {
  racer_note note(std::move(log), name);
  auto reply = co_await ask(backend, "replica " + name);
  note.answered();
  co_return reply;
}

}  // namespace

edo::async<response> answer_race(std::shared_ptr<app> state) {
  const edo::instant begin = edo::clock::now();
  const auto log = std::make_shared<race_log>();
  auto first = racer(state->backend, "a", log);
  auto second = racer(state->backend, "b", log);
  auto won = co_await edo::select(std::move(first), std::move(second));
  const std::string took = one_decimal(elapsed_ms(begin));

  const bool is_first = won.index() == 0;
  edo::result<std::string> reply = is_first ? edo::get<0>(won) : edo::get<1>(won);
  if (!reply) co_return error_response(502, "the backend: " + reply.error().message());
  const std::string loser = is_first ? "b" : "a";
  const bool dropped = std::ranges::count(*log, loser + " dropped while it waited") == 1;
  std::string events;
  for (const std::string& event : *log) {
    events.append(events.empty() ? "" : ", ").append(json_string(event));
  }
  response answer;
  answer.body = "{\"winner\": " + json_string(is_first ? "a" : "b") +
                ", \"answer\": " + json_string(*reply) + ", \"loser\": " + json_string(loser) +
                ", \"loser_dropped\": " + (dropped ? "true" : "false") + ", \"events\": [" +
                events + "], \"elapsed_ms\": " + took + "}\n";
  co_return answer;
}

}  // namespace demo
