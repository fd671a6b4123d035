/// What a worker counts.
#pragma once

#include "edo/base/counter.hpp"

namespace edo::inline v0::detail {

/// What one worker at a time counts. Each only grows.
struct core_counters {
  counter polls;
  counter local_schedules;   ///< Tasks queued by a thread that held the core.
  counter overflows;         ///< Of these, for how many the ring was full.
  counter lifo_polls;        ///< Polls of tasks out of the LIFO slot.
  counter steal_operations;  ///< How often this core's worker took tasks of another core.
  counter stolen_tasks;      ///< How many tasks that were.
  counter parks;             ///< How often its worker went to sleep ...
  counter unparks;           ///< ... and woke up again.
  counter noop_unparks;      ///< Of these, how often there was nothing to do.
  counter forced_yields;     ///< Polls that ended because the budget was spent.
  counter busy_ns;           ///< Time not asleep, up to its last sleep or turn of the driver.
};

}  // namespace edo::inline v0::detail
