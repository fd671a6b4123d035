/// What the flavours of runtime have in common: an owner of tasks that runs them on threads.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"
#include "edo/future/waker.hpp"
#include "edo/task/detail/root.hpp"

#include "sched/counters.hpp"
#include "task/harness.hpp"
#include "task/owned_list.hpp"
#include "task/scheduler.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

/// What a scheduler's threads need of the runtime. It outlives them: each thread counts.
class thread_environment {
 public:
  /// Before a thread is started, on the thread that starts it.
  virtual void retain_for_thread() noexcept = 0;
  /// The thread could not be started, or is about to end.
  virtual void release_for_thread() noexcept = 0;
  /// Runs `body(data)`, which polls tasks, in the runtime's context.
  virtual void run_worker(void (*body)(void*) noexcept, void* data) noexcept = 0;
  /// Runs `body(data)`, which may block, in the runtime's context.
  virtual void run_blocking(void (*body)(void*) noexcept, void* data) noexcept = 0;
  /// Runs `entry(data)` soon on a thread that may block. False: there is none.
  [[nodiscard]] virtual bool run_elsewhere(void (*entry)(void*) noexcept, void* data) noexcept = 0;

 protected:
  ~thread_environment() = default;
};

class scheduler : public task_scheduler {
 public:
  /// Launches a new task and queues it; after a shutdown, ends it as cancelled. Any thread.
  void spawn(task_header& task) noexcept;

  [[nodiscard]] bool release(task_header& task) noexcept final;

  /// Every `block_on` that goes on throws `errc::runtime_shutdown` instead of waiting on. Any
  /// thread; again: nothing.
  void fail_roots() noexcept;

  /// Drives `root` on this thread until it is ready, in the runtime's context. Any thread that is
  /// not in a poll. Errors: what the root throws.
  virtual void block_on(root_poll& root) = 0;

  /// Stops polling tasks: no new ones come in, and the threads that run them destroy them. Returns
  /// at once. Any thread, again: nothing.
  virtual void request_shutdown() noexcept = 0;

  /// Waits for that until `deadline_ns`, helping where it can. Once, after `request_shutdown`,
  /// in the runtime's context, by a thread that runs none of the tasks. Returns how many threads
  /// have not ended; they go on alone.
  [[nodiscard]] virtual std::size_t await_shutdown(std::int64_t deadline_ns) noexcept = 0;

  /// The same without waiting, from anywhere.
  virtual void abandon() noexcept = 0;

  /// True if a worker's core can be given to another thread while it blocks.
  [[nodiscard]] virtual bool can_give_core() const noexcept = 0;
  /// Gives the calling thread's core away before it blocks. False: it has none to give.
  [[nodiscard]] virtual bool give_core() noexcept = 0;
  /// Takes a core back after that, if there is one to have; else the thread ends after its poll.
  virtual void regain_core() noexcept = 0;

  [[nodiscard]] owned_list& tasks() noexcept { return tasks_; }

  /// What metrics ask for. Any thread; moments' views.
  [[nodiscard]] virtual std::size_t core_count() const noexcept = 0;
  [[nodiscard]] virtual const core_counters& counters_of(std::size_t core) const noexcept = 0;
  [[nodiscard]] virtual std::size_t local_depth(std::size_t core) const noexcept = 0;
  [[nodiscard]] virtual std::size_t injected_depth() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t injected_total() const noexcept = 0;

 protected:
  /// run_task, between the hooks if there are any.
  [[nodiscard]] run_outcome run(task_header& task,
                                thread_state& thread,
                                unsigned& budget) noexcept {
    if (hooks() != nullptr && (hooks()->before_poll || hooks()->after_poll)) [[unlikely]] {
      return run_hooked(task, thread, budget);
    }
    return run_task(task, thread, budget);
  }
  /// Calls the hook, if there is one; true: there is, and it may have made work.
  bool tell_park() noexcept;
  void tell_unpark() noexcept;

  /// A `block_on` that waits, so that `fail_roots` reaches it.
  class root_registration : public list_hook<> {
   public:
    /// `woken` lives as long as this.
    root_registration(scheduler& owner, const waker& woken) noexcept;
    root_registration(const root_registration&) = delete;
    root_registration& operator=(const root_registration&) = delete;
    ~root_registration();

    /// Errors: throws `std::system_error` with `errc::runtime_shutdown` after `fail_roots`.
    void require_alive() const;

   private:
    friend class scheduler;
    scheduler& owner_;
    const waker& woken_;
  };

  owned_list tasks_;

 private:
  run_outcome run_hooked(task_header& task, thread_state& thread, unsigned& budget) noexcept;

  atomic<bool> failed_{false};
  raw_mutex roots_lock_;
  intrusive_list<root_registration> roots_ EDO_GUARDED_BY(roots_lock_);
};

}  // namespace edo::inline v0::detail
