/// Which route a request means, with its parameters checked.
#pragma once

#include "http/request.hpp"

#include <chrono>
#include <cstdint>
#include <expected>

namespace demo {

enum class route_name { page, report, hash, freeze, blocked, ticks, timeout, race };

/// A route, and the parameters that it takes; the others keep their defaults.
struct route {
  route_name name = route_name::page;
  std::uint32_t id = 0;                   ///< report
  bool joined = false;                    ///< report
  std::uint32_t mebibytes = 0;            ///< hash
  std::chrono::milliseconds duration{0};  ///< freeze, blocked, timeout; ticks: between two of them
  bool head_only = false;                 ///< The method is HEAD.
};

// The bounds keep a stray request from stopping the demo for longer than a demonstration takes.
inline constexpr std::uint32_t hash_mebibytes_max = 256;
inline constexpr std::chrono::milliseconds freeze_max{5'000};
inline constexpr std::chrono::milliseconds timeout_max{10'000};
inline constexpr std::chrono::milliseconds tick_min{10};
inline constexpr std::chrono::milliseconds tick_max{60'000};

/// The route of a request, or why there is none: 404 (no such path), 405 (neither GET nor HEAD),
/// 400 (a parameter is wrong).
[[nodiscard]] std::expected<route, refusal> find_route(const request& head);

}  // namespace demo
