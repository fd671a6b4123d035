/// How many processors this process may use.
#pragma once

#include "edo/base/config.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace edo::inline v0::detail {

/// The affinity mask, and the quota of the process's cgroup rounded up, whichever is less.
/// At least 1. Reads files under /proc and /sys; what cannot be read sets no limit.
[[nodiscard]] std::size_t available_processors() noexcept;

/// The quota in a `cpu.max` file of cgroup v2 (`50000 100000`, `max 100000`), rounded up to whole
/// processors; nothing if there is none.
[[nodiscard]] std::optional<std::size_t> parse_cpu_max(std::string_view text) noexcept;

/// The path of the process in cgroup v2, from the text of /proc/self/cgroup.
[[nodiscard]] std::optional<std::string_view> parse_cgroup_path(std::string_view text) noexcept;

/// A number of workers as `EDO_WORKER_THREADS` gives it: 1 to `workers_max`.
[[nodiscard]] std::optional<std::size_t> parse_worker_count(std::string_view text) noexcept;

/// More workers than any machine has processors; a bound against a slip of the finger.
inline constexpr std::size_t workers_max = 32768;

}  // namespace edo::inline v0::detail
