/// Performs what the transitions of the state word ask for.
#pragma once

#include "edo/future/waker.hpp"
#include "edo/task/detail/header.hpp"

#include "task/thread_state.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class task_scheduler;

/// How many operations of one poll may be ready at once before the task must yield. Tokio's figure:
/// large enough to amortise a poll, small enough that a task which is always ready does not keep
/// others waiting for long.
inline constexpr unsigned poll_budget = 128;

extern const waker_vtable task_waker_vtable;

/// Gives a new task its identity, its scheduler and its first three references: the owned list's,
/// the runnable one and the join handle's. It is not queued.
void launch(task_header& task, task_scheduler& scheduler) noexcept;

/// What became of a task that was run.
enum class run_outcome : std::uint8_t {
  settled,    ///< The runnable reference is used.
  woken,      ///< It was woken meanwhile: the reference is runnable again, and still the caller's.
  gave_turn,  ///< The same, but it yielded or spent its budget: first the driver has its turn.
};

/// Uses a runnable reference: polls the task on what is left of a budget, or destroys its future if
/// it was cancelled. On a thread of its scheduler, in the runtime's context. Inside a
/// `running_scope`.
[[nodiscard]] run_outcome run_task(task_header& task,
                                   thread_state& thread,
                                   unsigned& budget) noexcept;

/// The same with a scope and a budget of its own.
[[nodiscard]] run_outcome run_task(task_header& task) noexcept;

/// Completes a task for which `to_shutdown` said `destroy`: its future is destroyed here. Uses one
/// reference (the owned list's) of the caller.
void destroy_task(task_header& task) noexcept;

/// Ends a task that was launched, but which no scheduler took: uses the owned list's and the
/// runnable reference.
void reject_task(task_header& task) noexcept;

/// Drops a runnable reference without running the task.
void drop_runnable(task_header& task) noexcept;

/// Ends a dump's claim on a task, and queues it if it was woken meanwhile.
void unclaim_task(task_header& task) noexcept;

}  // namespace edo::inline v0::detail
