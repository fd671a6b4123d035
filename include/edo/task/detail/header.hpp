/// The part of a task that does not depend on its type; nothing here is meant for users.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/future/context.hpp"
#include "edo/task/abort_handle.hpp"
#include "edo/task/error.hpp"

#include <cstdint>
#include <source_location>
#include <string_view>

namespace edo::inline v0::detail {

class task_scheduler;  // src/task/scheduler.hpp

/// What a poll of a task's future brought.
enum class task_poll : std::uint8_t { pending, finished };

/// What can be done with the future or the output behind a header; one constant per type of task.
struct task_ops {
  /// Polls the future. Finished: the future is destroyed, and its output or exception is stored.
  task_poll (*poll)(task_header& task, context& cx) noexcept;
  /// Destroys the future and stores a cancellation.
  void (*cancel)(task_header& task) noexcept;
  /// The stored error, or null if the output is a value.
  const join_error* (*error)(const task_header& task) noexcept;
  /// Destroys the output.
  void (*drop_output)(task_header& task) noexcept;
  /// Gives the memory back; neither future nor output is alive.
  void (*free)(task_header& task) noexcept;
  /// Tells a running blocking job to stop, or null.
  void (*request_stop)(task_header& task) noexcept;
  /// The task's name, or null if none of this type has one.
  std::string_view (*name)(const task_header& task) noexcept;
};

/// A thread numbers its tasks in blocks of so many, and each block has a shard of the owned list.
inline constexpr std::uint64_t task_id_block = 64;

struct owned_tag;

/// A task as schedulers, wakers and handles see it. src/task/state.hpp says who may touch what.
struct task_header : list_hook<owned_tag> {
  task_header(const task_ops& operations, std::source_location where) noexcept
      : ops(&operations), spawned(where) {}

  atomic<std::uint64_t> word{0};        ///< The state word. Any thread.
  const task_ops* ops;                  ///< Immutable.
  task_header* queue_next = nullptr;    ///< Whoever holds the runnable reference.
  task_scheduler* scheduler = nullptr;  ///< Immutable after launch; counted.
  std::uint64_t id = 0;                 ///< Immutable after launch.
  std::source_location spawned;         ///< Immutable.
  waker join_waker;                     ///< By the rules of src/task/state.hpp.
};
static_assert(sizeof(task_header) == 80, "each byte here is in every idle task");

/// Registers `cx`'s waker for the end of the task. True: it has finished, and the output is the
/// caller's. The caller has the join interest.
[[nodiscard]] EDO_API bool task_join_poll(task_header& task, context& cx) noexcept;

/// Gives up the join interest and its reference. `taken`: the output was moved out already.
EDO_API void task_join_drop(task_header& task, bool taken) noexcept;

/// True if `task` is what the calling thread polls.
[[nodiscard]] EDO_API bool task_is_current(const task_header& task) noexcept;

/// The error of a task that awaits itself.
[[nodiscard]] EDO_API join_error task_awaits_itself(const task_header& task);

}  // namespace edo::inline v0::detail
