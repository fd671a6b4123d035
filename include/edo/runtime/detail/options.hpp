/// What a builder has collected.
#pragma once

#include "edo/task/hooks.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace edo::inline v0::detail {

enum class runtime_flavour : unsigned char { multi_thread, current_thread };

struct runtime_options {
  runtime_flavour flavour = runtime_flavour::multi_thread;
  std::size_t workers = 0;  ///< 0: not set.
  std::size_t blocking_threads_max = 512;
  std::int64_t keep_alive_ns = 10'000'000'000;
  std::string thread_name = "edo-worker";
  std::size_t stack_size = 0;  ///< 0: the system's default.
  /// Tokio's figure: prime, so that it does not beat with the periods of user code.
  unsigned event_interval = 61;
  std::int64_t shutdown_deadline_ns = 10'000'000'000;
  std::size_t blocking_queue_max = 4096;
  unsigned global_queue_interval = 0;  ///< 0: tuned by the mean time of a poll.
  std::uint64_t rng_seed = 0;          ///< 0: from the system.
  std::string name;
  runtime_hooks hooks;
};

}  // namespace edo::inline v0::detail
