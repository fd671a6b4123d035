/// The identity of a task.
#pragma once

#include "edo/base/config.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <source_location>

namespace edo::inline v0 {

/// Names one task for as long as the program runs: never reused, and not an address.
/// Jobs of `spawn_blocking` have one as well. Threads: a plain value.
/// Source: Rust's `tokio::task::Id`.
class task_id {
 public:
  explicit constexpr task_id(std::uint64_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  friend constexpr auto operator<=>(task_id, task_id) noexcept = default;

 private:
  std::uint64_t value_;
};

namespace this_task {

/// The task that the calling thread runs: in its body, and in the destructors of what it owned,
/// also when it was aborted.
/// Errors: `usage_error` EDO-E0009 outside of a task; the root future of `block_on` is none.
[[nodiscard]] EDO_API task_id id(std::source_location where = std::source_location::current());

/// The same, or nothing outside of a task.
[[nodiscard]] EDO_API std::optional<task_id> try_id() noexcept;

}  // namespace this_task

}  // namespace edo::inline v0
