/// Performs what the transitions of the state word ask for.
#pragma once

#include "edo/future/waker.hpp"
#include "edo/task/detail/header.hpp"

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

/// Uses a runnable reference: polls the task, or destroys its future if it was cancelled.
/// On a thread of its scheduler, in the runtime's context.
void run_task(task_header& task) noexcept;

/// The same on what is left of a budget.
void run_task(task_header& task, unsigned& budget) noexcept;

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
