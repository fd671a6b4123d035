#include "http/router.hpp"

#include "http/target.hpp"
#include "http/text.hpp"

#include <optional>
#include <string_view>

namespace demo {

namespace {

using found = std::expected<route, refusal>;

found bad(const char* reason) { return std::unexpected(refusal{400, reason}); }

/// A numeric parameter; `fallback` where it is absent, nothing where it is no number up to `max`.
std::optional<std::uint64_t> number_of(const target& t,
                                       std::string_view name,
                                       std::uint64_t fallback,
                                       std::uint64_t max) {
  const std::string* text = t.parameter_of(name);
  return text == nullptr ? fallback : to_number(*text, max);
}

found to_page(const target&) { return route{.name = route_name::page}; }

found to_report(const target& t) {
  constexpr std::uint32_t id_max = 999'999;
  const std::string_view id = std::string_view(t.path).substr(std::string_view("/report/").size());
  const std::optional<std::uint64_t> number = to_number(id, id_max);
  if (!number) return bad("the id of a report is a number up to 999999: /report/7");
  return route{.name = route_name::report,
               .id = static_cast<std::uint32_t>(*number),
               .joined = t.parameter_of("join") != nullptr};
}

found to_hash(const target& t) {
  const std::optional<std::uint64_t> mb = number_of(t, "mb", 16, hash_mebibytes_max);
  if (!mb) return bad("mb is a number of mebibytes up to 256: /hash?mb=16");
  return route{.name = route_name::hash, .mebibytes = static_cast<std::uint32_t>(*mb)};
}

found with_duration(const target& t,
                    route_name name,
                    std::uint64_t fallback_ms,
                    std::chrono::milliseconds max,
                    const char* reason) {
  const std::optional<std::uint64_t> ms =
      number_of(t, "ms", fallback_ms, static_cast<std::uint64_t>(max.count()));
  if (!ms) return bad(reason);
  return route{.name = name, .duration = std::chrono::milliseconds(*ms)};
}

found to_freeze(const target& t) {
  constexpr auto reason = "ms is a number of milliseconds up to 5000: /freeze?ms=1000";
  return with_duration(t, route_name::freeze, 1'000, freeze_max, reason);
}

found to_blocked(const target& t) {
  constexpr auto reason = "ms is a number of milliseconds up to 5000: /blocked?ms=1000";
  return with_duration(t, route_name::blocked, 1'000, freeze_max, reason);
}

found to_timeout(const target& t) {
  constexpr auto reason = "ms is a number of milliseconds up to 10000: /timeout?ms=20";
  return with_duration(t, route_name::timeout, 20, timeout_max, reason);
}

found to_ticks(const target& t) {
  const std::optional<std::uint64_t> every =
      number_of(t, "every", 100, static_cast<std::uint64_t>(tick_max.count()));
  if (!every || (*every != 0 && *every < static_cast<std::uint64_t>(tick_min.count()))) {
    return bad("every is 0 (no ticks), or 10 to 60000 milliseconds: /ticks?every=100");
  }
  return route{.name = route_name::ticks, .duration = std::chrono::milliseconds(*every)};
}

found to_race(const target&) { return route{.name = route_name::race}; }

struct entry {
  std::string_view path;  ///< With a `/` at its end it stands for all that begin with it.
  found (*make)(const target&);
};

constexpr entry table[] = {
    {"/", to_page},           {"/report/", to_report},  {"/hash", to_hash},
    {"/freeze", to_freeze},   {"/blocked", to_blocked}, {"/ticks", to_ticks},
    {"/timeout", to_timeout}, {"/race", to_race},
};

bool matches(const entry& e, std::string_view path) {
  const bool is_folder = e.path.size() > 1 && e.path.ends_with('/');
  return is_folder ? path.starts_with(e.path) : path == e.path;
}

}  // namespace

std::expected<route, refusal> find_route(const request& head) {
  const std::optional<target> parsed = parse_target(head.target);
  if (!parsed) return bad("the request target is not a path");
  for (const entry& e : table) {
    if (!matches(e, parsed->path)) continue;
    if (head.method != "GET" && head.method != "HEAD") {
      return std::unexpected(refusal{405, "only GET and HEAD"});
    }
    found made = e.make(*parsed);
    if (made) made->head_only = head.method == "HEAD";
    return made;
  }
  return std::unexpected(refusal{404, "no such route; the start page is /"});
}

}  // namespace demo
