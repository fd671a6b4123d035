/// The kinds of misuse that the library detects; light, for the poll core.
#pragma once

#include "edo/base/config.hpp"

#include <source_location>

namespace edo::inline v0 {

/// Each kind of misuse. The number is the code in the message: 8 is `EDO-E0008`, explained with
/// its cure in docs/errors.md.
enum class usage : int {
  closure_not_owned = 1,     ///< A lambda coroutine with captures outlives its closure.
  rvalue_parameter = 2,      ///< A spawned coroutine has a parameter of type `T&&`.
  view_parameter = 3,        ///< A spawned coroutine has a `string_view` or `span` parameter.
  reference_parameter = 4,   ///< Strict mode: a `const T&` or pointer parameter.
  awaited_twice = 5,         ///< A future was awaited after it had finished or was moved from.
  moved_after_poll = 6,      ///< Checked builds: a future was moved after its first poll.
  never_awaited = 7,         ///< Checked builds: a future was destroyed without a poll.
  nested_too_deep = 8,       ///< Combinators poll each other deeper than `nesting_max`.
  no_runtime = 9,            ///< An operation needs a runtime, and this thread has none.
  blocking_in_task = 10,     ///< `block_on` or another blocking call inside a task.
  own_handle = 11,           ///< A task awaits its own join handle.
  runtime_in_own_task = 12,  ///< A runtime is destroyed inside one of its own tasks.
  bad_option = 13,           ///< A builder option is out of range.
  no_block_in_place = 14,    ///< `block_in_place` where the thread cannot be given away.
  closure_in_await = 15,     ///< g++ < 13: a closure made inside a `co_await` expression.
  guard_order = 16,          ///< `enter()` guards destroyed in the wrong order.
  runtime_gone = 17,         ///< A timer or task of a runtime that has been shut down.
  not_awaitable = 18,        ///< The operand of `co_await`, `spawn`, … is not a future.
  no_task_local = 19,        ///< A `task_local` is asked for outside of its scopes.
  no_local_set = 20,         ///< `spawn_local` where no local_set is driven or entered.
  wrong_thread = 21,         ///< A local_set is used on another thread than its own.
  after_fork = 22,           ///< A runtime is used in a child that was forked while it lived.
  last = after_fork,
};

namespace detail {
/// Throws `usage_error`. `subject` names the function or option concerned, where there is one.
[[noreturn]] EDO_API void throw_usage(usage code,
                                      std::source_location where,
                                      const char* subject = nullptr);

/// Counts and prints `code` without throwing: for lints of checked builds.
EDO_API void report_lint(usage code, std::source_location where, const char* subject) noexcept;
}  // namespace detail

/// How often the lint `code` was reported since the program began. Threads: any.
[[nodiscard]] EDO_API unsigned long lint_count(usage code) noexcept;

}  // namespace edo::inline v0
