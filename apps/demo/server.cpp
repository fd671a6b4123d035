#include "server.hpp"

#include "app.hpp"
#include "backend.hpp"
#include "connection.hpp"
#include "heartbeat.hpp"
#include "http/page.hpp"
#include "http/text.hpp"
#include "print.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <utility>

namespace demo {

namespace {

using state_ptr = std::shared_ptr<app>;

/// Against one client that opens connections without end; as many as RELIABILITY asks of a server.
constexpr std::size_t connections_max = 10'000;
constexpr std::chrono::seconds drain_timeout{2};
constexpr std::chrono::milliseconds accept_pause{100};

/// How many connections to serve at once. A fifth of the descriptors is left for the rest: each
/// report opens two connections, and each of these has two ends in this process.
std::size_t connection_cap(const options& opts) {
  if (opts.connections_max != 0) return opts.connections_max;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return connections_max;
  files.rlim_cur = files.rlim_max;
  // Where it may not be raised, the limit is what it was, and the next call says so.
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0 || ::getrlimit(RLIMIT_NOFILE, &files) != 0) return 64;
  return std::min(connections_max, static_cast<std::size_t>(files.rlim_cur / 5 * 4));
}

/// Accepts for ever. At the cap it waits for a connection to end; until then further clients wait
/// in the listener's queue.
edo::async<void> accept_all(state_ptr state, edo::tcp_listener listener, std::size_t cap) {
  while (true) {
    co_await state->open.below(cap);
    auto accepted = co_await listener.accept();
    if (!accepted) {
      if (accepted.error() == edo::errc::runtime_shutdown) co_return;
      print_error("accept: " + accepted.error().message());
      co_await edo::sleep(accept_pause);
      continue;
    }
    // relaxed: a statistic.
    state->accepted.fetch_add(1, edo::memory_order_relaxed);
    const auto no_delay = accepted->stream.set_nodelay(true);
    if (!no_delay) continue;  // reset before it was accepted
    edo::spawn(serve_connection(state, std::move(accepted->stream), state->open.enter()));
  }
}

std::string runtime_text(const options& opts) {
  if (!opts.multi_thread) return "current-thread runtime";
  return "multi-thread runtime, " + std::to_string(opts.workers) +
         (opts.workers == 1 ? " worker" : " workers");
}

void say_cannot_listen(const options& opts, std::error_code error) {
  std::string text = "cannot listen on " + opts.listen + ": " + error.message();
  if (error == std::errc::address_in_use) {
    text += "; stop the other program, or choose a free port: --listen 127.0.0.1:0";
  } else if (error == std::errc::permission_denied) {
    text += "; choose a port above 1023: --listen 127.0.0.1:8080";
  } else {
    text += "; give a loopback address and a port: --listen 127.0.0.1:8080";
  }
  print_error(text);
}

void say_goodbye(const app& state) {
  // relaxed: statistics.
  const std::uint64_t requests = state.requests.load(edo::memory_order_relaxed);
  const std::uint64_t accepted = state.accepted.load(edo::memory_order_relaxed);
  print_line("goodbye: " + std::to_string(requests) + " requests on " + std::to_string(accepted) +
             " connections in " + one_decimal(elapsed_ms(state.started) / 1000) + " s");
}

}  // namespace

edo::async<int> serve(options opts) {
  // It freezes when it is asked to: not for others than this machine's users.
  const auto addr = edo::socket_addr::parse(opts.listen);
  if (!addr || !addr->ip().is_loopback()) {
    print_error("--listen " + opts.listen + ": not a loopback address and port, as 127.0.0.1:8080");
    co_return 1;
  }
  auto listener = co_await edo::tcp_listener::bind(*addr);
  if (!listener) {
    say_cannot_listen(opts, listener.error());
    co_return 1;
  }
  const auto local = listener->local_addr();
  const auto backend = co_await start_backend(opts.backend_latency);
  if (!local || !backend) {
    print_error("cannot start the backend: " + (local ? backend.error() : local.error()).message());
    co_return 1;
  }
  const std::size_t cap = connection_cap(opts);
  const state_ptr state = std::make_shared<app>(opts, *backend, start_page(runtime_text(opts)));
  auto interrupted = edo::ctrl_c();  // from here on it is waited for
  print_line("edo demo: http://" + local->to_string() + "/  (" + runtime_text(opts) + ", at most " +
             std::to_string(cap) + " connections; Ctrl-C ends it)");
  if (opts.heartbeat) edo::spawn(beat(state));

  auto accepting = accept_all(state, *std::move(listener), cap);
  auto ended = co_await edo::select(std::move(interrupted), std::move(accepting));
  // The listener is closed by now: it was a local of the loser.
  // relaxed: connections look at it when they next answer; nothing else is handed over.
  state->stopping.store(true, edo::memory_order_relaxed);
  if (ended.index() == 0) {
    const edo::result<void> caught = edo::get<0>(ended);
    print_line(caught ? "Ctrl-C: no new connections, requests may finish"
                      : "cannot wait for Ctrl-C: " + caught.error().message());
  }
  auto drained = co_await edo::timeout(drain_timeout, state->busy.below(1));
  if (!drained) print_line(std::to_string(state->busy.count()) + " requests cut off");
  say_goodbye(*state);
  co_return 0;
}

}  // namespace demo
