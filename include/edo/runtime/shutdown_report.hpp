/// What was still running when a shutdown gave up waiting.
#pragma once

#include "edo/task/id.hpp"

#include <cstddef>
#include <source_location>
#include <string>
#include <vector>

namespace edo::inline v0 {

/// A task in the middle of a poll, or a blocking job, that did not end in time.
struct running_task {
  enum class kind_type : unsigned char { task, blocking_job };

  kind_type kind;
  task_id id;
  std::string name;              ///< Empty if it has none.
  std::source_location spawned;  ///< The call of `spawn` or `spawn_blocking`.
};

/// The outcome of a shutdown. Empty: everything has ended and was destroyed.
struct shutdown_report {
  std::vector<running_task> still_running;
  std::size_t threads_left = 0;  ///< Threads that had not ended at the deadline.

  [[nodiscard]] bool is_clean() const noexcept {
    return still_running.empty() && threads_left == 0;
  }

  /// One line for each: `task 7 "reader", spawned at server.cpp:31`.
  [[nodiscard]] EDO_API std::string to_string() const;
};

}  // namespace edo::inline v0
