#include "task/harness.hpp"

#include "edo/base/assert.hpp"

#include "task/scheduler.hpp"
#include "task/state.hpp"
#include "task/thread_state.hpp"

#include <cstdint>
#include <utility>

namespace edo::inline v0::detail {
namespace {

namespace state = task_state;

// Each task counts as a reference of its scheduler. A thread that runs the scheduler's tasks keeps
// some references in stock, so that a task costs it no locked instruction.
constexpr std::uint32_t refs_batch = 256;

void take_scheduler_ref(task_scheduler& scheduler, thread_state& thread) noexcept {
  if (thread.scheduler != &scheduler) {
    scheduler.add_ref();
    return;
  }
  if (thread.scheduler_refs == 0) {
    scheduler.add_refs(refs_batch);
    thread.scheduler_refs = refs_batch;
  }
  --thread.scheduler_refs;
}

void give_scheduler_ref(task_scheduler& scheduler, thread_state& thread) noexcept {
  if (thread.scheduler != &scheduler) {
    scheduler.drop_ref();
    return;
  }
  // The thread's own work keeps the scheduler alive.
  if (++thread.scheduler_refs < 2 * refs_batch) return;
  thread.scheduler_refs -= refs_batch;
  scheduler.drop_refs(refs_batch);
}

void free_task(task_header& task) noexcept {
  EDO_ASSERT(state::is_complete(task.word));  // INV-5
  task_scheduler* scheduler = task.scheduler;
  task.ops->free(task);
  give_scheduler_ref(*scheduler, this_thread_state());
}

void drop_refs(task_header& task, state::word count) noexcept {
  if (state::drop_refs(task.word, count)) free_task(task);
}

/// An exception that nobody will see: its handle is gone, or was dropped unread.
void report_unseen(const task_header& task) noexcept {
  const join_error* error = task.ops->error(task);
  if (error != nullptr && error->is_exception()) task.scheduler->report_unseen(task, *error);
}

void drop_output(task_header& task) noexcept {
  report_unseen(task);
  task.ops->drop_output(task);
}

/// The output is stored. Uses the runner's reference. Whoever awaits the task finds it gone from
/// the list, and its end told to the hooks.
void complete(task_header& task) noexcept {
  const state::word references = task.scheduler->release(task) ? 2 : 1;
  switch (state::to_complete(task.word, references)) {
    case state::complete_effect::drop_output:
      drop_output(task);
      break;
    case state::complete_effect::wake_joiner:
      task.join_waker.wake_by_ref();
      if (state::joiner_woken(task.word, references) == state::joiner_effect::none) return;
      task.join_waker = waker();
      break;
    case state::complete_effect::none:
      return;
  }
  drop_refs(task, references);
}

/// The future is this thread's. Uses the runner's reference.
void destroy_future(task_header& task) noexcept {
  const running_scope scope;
  scope.thread().task = &task;
  task.ops->cancel(task);
  complete(task);
}

run_outcome poll_future(task_header& task, thread_state& thread, unsigned& budget) noexcept {
  thread.task = &task;
  thread.yielded = false;
  const borrowed_waker waker(&task, &task_waker_vtable);
  context cx(waker.get(), &budget);
  if (task.ops->poll(task, cx) == task_poll::finished) {
    complete(task);
    return run_outcome::settled;
  }
  switch (state::to_idle(task.word)) {
    case state::idle_effect::none:
      return run_outcome::settled;
    case state::idle_effect::requeue:
      return thread.yielded || budget == 0 ? run_outcome::gave_turn : run_outcome::woken;
    case state::idle_effect::destroy:
      task.ops->cancel(task);
      complete(task);
      return run_outcome::settled;
    case state::idle_effect::free:
      free_task(task);
      return run_outcome::settled;
  }
  return run_outcome::settled;
}

task_header& task_of(void* data) noexcept { return *static_cast<task_header*>(data); }

void clone_waker(void* data) noexcept { state::add_ref(task_of(data).word); }
void drop_waker(void* data) noexcept { drop_refs(task_of(data), 1); }

void perform(task_header& task, state::wake_effect effect) noexcept {
  switch (effect) {
    case state::wake_effect::none:
      return;
    case state::wake_effect::queue:
      task.scheduler->schedule(task);
      return;
    case state::wake_effect::free:
      free_task(task);
      return;
  }
}

void wake_task(void* data) noexcept {
  task_header& task = task_of(data);
  perform(task, state::wake(task.word));
}
void wake_task_by_ref(void* data) noexcept {
  task_header& task = task_of(data);
  perform(task, state::wake_by_ref(task.word));
}

constinit atomic<std::uint64_t> next_id{1};
// A thread takes so many numbers at once.
constexpr std::uint64_t id_block = task_id_block;

}  // namespace

constinit const waker_vtable task_waker_vtable{&clone_waker, &wake_task, &wake_task_by_ref,
                                               &drop_waker};

void launch(task_header& task, task_scheduler& scheduler) noexcept {
  thread_state& thread = this_thread_state();
  if (thread.next_id == thread.end_id) {
    // relaxed: only the numbers must differ.
    thread.next_id = next_id.fetch_add(id_block, memory_order_relaxed);
    thread.end_id = thread.next_id + id_block;
  }
  task.id = thread.next_id++;
  take_scheduler_ref(scheduler, thread);
  task.scheduler = &scheduler;
  // relaxed: nobody else knows the task yet; the queue or list that takes it publishes it.
  task.word.store(state::initial, memory_order_relaxed);
}

run_outcome run_task(task_header& task, thread_state& thread, unsigned& budget) noexcept {
  switch (state::to_running(task.word)) {
    case state::run_effect::poll:
      return poll_future(task, thread, budget);
    case state::run_effect::destroy:
      destroy_future(task);
      return run_outcome::settled;
    case state::run_effect::none:
      return run_outcome::settled;
    case state::run_effect::free:
      free_task(task);
      return run_outcome::settled;
  }
  return run_outcome::settled;
}

run_outcome run_task(task_header& task) noexcept {
  const running_scope scope;
  unsigned budget = poll_budget;
  return run_task(task, scope.thread(), budget);
}

void destroy_task(task_header& task) noexcept { destroy_future(task); }

void reject_task(task_header& task) noexcept {
  const state::shutdown_effect effect = state::to_shutdown(task.word);
  EDO_ASSERT(effect == state::shutdown_effect::destroy);
  destroy_future(task);
  drop_runnable(task);
}

void drop_runnable(task_header& task) noexcept { drop_refs(task, 1); }

void unclaim_task(task_header& task) noexcept { perform(task, state::unclaim(task.word)); }

// What the handles in public headers call.

void task_abort(task_header& task) noexcept {
  perform(task, state::to_cancelled(task.word));
  if (task.ops->request_stop != nullptr) task.ops->request_stop(task);
}

void task_add_ref(task_header& task) noexcept { state::add_ref(task.word); }
void task_drop_ref(task_header& task) noexcept { drop_refs(task, 1); }
bool task_finished(const task_header& task) noexcept { return state::is_complete(task.word); }
task_id task_id_of(const task_header& task) noexcept { return task_id(task.id); }

bool task_is_current(const task_header& task) noexcept { return this_thread_state().task == &task; }

bool task_join_poll(task_header& task, context& cx) noexcept {
  if (state::is_complete(task.word)) return true;
  if (!task.join_waker.empty()) {
    // Reading the field beside the runner is allowed (J2).
    if (task.join_waker.will_wake(cx.waker())) return false;
    if (!state::unset_join_waker(task.word)) return true;  // J4
  }
  task.join_waker = cx.waker();              // J1
  return !state::set_join_waker(task.word);  // J3: after a failure the field stays, until the drop
}

void task_join_drop(task_header& task, bool taken) noexcept {
  if (taken && state::is_settled(task.word)) {
    task.join_waker = waker();
    if (state::drop_taken_join(task.word)) free_task(task);
    return;
  }
  const state::join_drop_effect effect = state::drop_join(task.word);
  if (effect.drop_output && !taken) drop_output(task);
  if (effect.drop_waker) task.join_waker = waker();
  drop_refs(task, 1);
}

}  // namespace edo::inline v0::detail
