/// What lets a worker run tasks: its queues, the state of its loop, its counters.
#pragma once

#include "edo/base/cache.hpp"
#include "edo/base/random.hpp"

#include "sched/counters.hpp"
#include "sched/local_queue.hpp"
#include "sched/run_queue.hpp"
#include "sched/sleep_word.hpp"

#include <cstdint>
#include <utility>

namespace edo::inline v0::detail {

/// One task that was woken last and shall run next, while what it needs is in the cache.
///
/// The holder puts and takes; thieves take. Only the holder makes it full, so a holder that finds
/// it empty may store without a locked instruction. Nobody is woken for what is in it.
class lifo_slot {
 public:
  /// The holder's. Returns the task that was there, which must now wait its turn, or null.
  [[nodiscard]] task_header* put(task_header& task) noexcept {
    // relaxed: a thief only empties it, and then there is nothing to lose.
    if (task_.load(memory_order_relaxed) == nullptr) {
      // release: pairs with the acquire in take(); the task's last changes are visible to a thief.
      task_.store(&task, memory_order_release);
      return nullptr;
    }
    // acq_rel: release as above; acquire is not needed for the holder's own task.
    return task_.exchange(&task, memory_order_acq_rel);
  }

  /// The task, or null. Any worker.
  [[nodiscard]] task_header* take() noexcept {
    // relaxed: a hint.
    if (task_.load(memory_order_relaxed) == nullptr) return nullptr;
    // acquire: pairs with the release in put().
    return task_.exchange(nullptr, memory_order_acquire);
  }

  [[nodiscard]] bool empty() const noexcept {
    // relaxed: a hint.
    return task_.load(memory_order_relaxed) == nullptr;
  }

 private:
  atomic<task_header*> task_{nullptr};
};

/// Held by one worker at a time (core_lease), or by nobody, in the scheduler's list of spare ones.
struct core {
  core(unsigned number, std::uint64_t seed) noexcept : index(number), rng(seed) {}
  core(const core&) = delete;
  core& operator=(const core&) = delete;

  /// How many tasks others can steal at once. Tokio's figure; the rest waits in `backlog`.
  static constexpr unsigned ring_size = 256;
  /// How often in a row the LIFO slot may come before the queue. Tokio's figure: two tasks that
  /// wake each other keep their cache, and the others wait for three polls at most.
  static constexpr unsigned lifo_uses_max = 3;

  /// Queues a task behind all others. The holder's.
  void push_back(task_header& task) noexcept {
    counters.local_schedules.add(1);
    if (backlog.empty() && ring.push(task)) [[likely]]
      return;
    counters.overflows.add(1);
    backlog.push(task);
    refill();
  }

  /// Queues a task to run next, and the one that was to before it, behind all others.
  void push_next(task_header& task) noexcept {
    if (lifo_uses >= lifo_uses_max) {
      push_back(task);
      return;
    }
    counters.local_schedules.add(1);
    task_header* displaced = lifo.put(task);
    if (displaced == nullptr) return;
    if (backlog.empty() && ring.push(*displaced)) [[likely]]
      return;
    counters.overflows.add(1);
    backlog.push(*displaced);
    refill();
  }

  /// Gives thieves something to take: half of the ring is worth the work.
  void refill() noexcept {
    if (ring.size() <= ring_size / 2) ring.take_from(backlog);
  }

  [[nodiscard]] task_header* pop() noexcept {
    if (task_header* task = ring.pop()) return task;
    if (backlog.empty()) return nullptr;
    ring.take_from(backlog);
    return ring.pop();
  }

  /// Drops every runnable reference. The holder's, when the scheduler stops.
  void drain() noexcept;

  const unsigned index;

  // the holder
  run_queue backlog;                   // behind the ring, in order
  run_queue yielded;                   // behind that, after the next turn of the driver
  unsigned polls_until_turn = 0;       // of the driver
  unsigned polls_until_injection = 0;  // of a look into the injection queue
  unsigned lifo_uses = 0;              // in a row
  std::uint64_t polls_at_turn = 0;     // the counter then
  std::int64_t turn_ns = 0;            // the clock then, or after the last sleep
  std::int64_t mean_poll_ns = 10'000;  // of late; at first as if waking were worth it
  random rng;

  // the holder and thieves
  local_queue<ring_size> ring;
  lifo_slot lifo;

  // any thread
  alignas(cache_line) sleep_word sleeper;

  // the holder writes, any thread reads
  alignas(cache_line) core_counters counters;
};

}  // namespace edo::inline v0::detail
