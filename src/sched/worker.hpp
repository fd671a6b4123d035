/// A thread that runs tasks, as the multi-thread scheduler sees it.
#pragma once

#include "sched/lease.hpp"
#include "sched/multi_thread.hpp"
#include "task/harness.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

/// A thread that runs tasks; on its stack. Its fields are its own.
struct multi_thread::worker {
  core* held = nullptr;  // null: it has lost it, or not got it yet
  core_lease lease;
  unsigned budget = poll_budget;  // of the poll that runs; tasks of the LIFO slot share one
  bool searching = false;         // it is counted so in idle_
  bool watches = false;           // while it sleeps
  unsigned quiet_looks = 0;       // in a row, of a watcher
  std::uint64_t seen_polls = 0;   // of all cores, at its last look
};

}  // namespace edo::inline v0::detail
