#include "options.hpp"

#include "http/text.hpp"

#include <optional>
#include <string_view>

namespace demo {

namespace {

std::optional<std::chrono::milliseconds> to_duration(std::string_view text) {
  constexpr std::uint64_t day_ms = 86'400'000;
  const std::optional<std::uint64_t> ms = to_number(text, day_ms);
  if (!ms) return std::nullopt;
  return std::chrono::milliseconds(*ms);
}

template <class Duration>
bool set(Duration& into, std::optional<std::chrono::milliseconds> from) {
  if (from) into = *from;
  return from.has_value();
}

bool set(std::size_t& into, std::string_view text, std::uint64_t min, std::uint64_t max) {
  const std::optional<std::uint64_t> number = to_number(text, max);
  if (!number || *number < min) return false;
  into = static_cast<std::size_t>(*number);
  return true;
}

bool set_flavour(options& into, std::string_view text) {
  into.multi_thread = text == "multi";
  return text == "multi" || text == "current";
}

bool set_requests_max(options& into, std::string_view text) {
  std::size_t requests = 0;
  if (!set(requests, text, 1, 1'000'000'000)) return false;
  into.connection.requests_max = static_cast<std::uint32_t>(requests);
  return true;
}

struct flag {
  std::string_view name;
  std::string_view value;  ///< What stands for its value in the usage.
  std::string_view help;
  bool (*apply)(options&, std::string_view);
};

constexpr flag flags[] = {
    {"--listen", "ADDR", "loopback address and port; port 0 is a free one (127.0.0.1:8080)",
     [](options& o, std::string_view v) { return !(o.listen = v).empty(); }},
    {"--workers", "N", "worker threads of the multi-thread flavour (2)",
     [](options& o, std::string_view v) { return set(o.workers, v, 1, 1024); }},
    {"--flavour", "multi|current", "multi-thread or current-thread runtime (multi)",
     [](options& o, std::string_view v) { return set_flavour(o, v); }},
    {"--backend-latency-ms", "N", "how long the backend takes to answer (50)",
     [](options& o, std::string_view v) { return set(o.backend_latency, to_duration(v)); }},
    {"--head-timeout-ms", "N", "for a whole request head, then 408 (10000)",
     [](options& o, std::string_view v) { return set(o.connection.head_timeout, to_duration(v)); }},
    {"--idle-timeout-ms", "N", "for a connection without a request (60000)",
     [](options& o, std::string_view v) { return set(o.connection.idle_timeout, to_duration(v)); }},
    {"--write-timeout-ms", "N", "for a client that takes no byte (30000)",
     [](options& o, std::string_view v) {
       return set(o.connection.write_timeout, to_duration(v));
     }},
    {"--requests-per-connection", "N", "then it is closed (1000)",
     [](options& o, std::string_view v) { return set_requests_max(o, v); }},
    {"--max-connections", "N", "further ones wait to be accepted (0.8 of RLIMIT_NOFILE)",
     [](options& o, std::string_view v) { return set(o.connections_max, v, 1, 1'000'000); }},
};

const flag* find_flag(std::string_view name) {
  for (const flag& each : flags) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace

std::string usage() {
  constexpr std::size_t column = 34;
  std::string text = "usage: demo [OPTIONS]\n\nAn HTTP server that shows edo at work.\n\n";
  const auto line = [&](std::string left, std::string_view right) {
    left.resize(std::max(left.size() + 1, column), ' ');
    text.append("  ").append(left).append(right).append("\n");
  };
  for (const flag& each : flags) {
    line(std::string(each.name).append(" ").append(each.value), each.help);
  }
  line("--no-heartbeat", "no line each second");
  line("--help", "this text");
  return text;
}

std::expected<options, std::string> parse_options(int count, char** arguments) {
  options parsed;
  for (int i = 0; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--help" || name == "-h") {
      parsed.help = true;
    } else if (name == "--no-heartbeat") {
      parsed.heartbeat = false;
    } else if (const flag* known = find_flag(name); known == nullptr) {
      return std::unexpected("unknown option " + name);
    } else if (++i == count) {
      return std::unexpected(name + " needs a value: " + std::string(known->value));
    } else if (!known->apply(parsed, arguments[i])) {
      std::string text = name + " " + arguments[i];
      text.append(": not what ").append(name).append(" takes (").append(known->value).append(")");
      return std::unexpected(std::move(text));
    }
  }
  return parsed;
}

}  // namespace demo
