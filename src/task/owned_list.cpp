#include "task/owned_list.hpp"

#include "edo/base/assert.hpp"

#include "task/harness.hpp"
#include "task/state.hpp"

#include <sched.h>

namespace edo::inline v0::detail {

bool owned_list::insert(task_header& task) noexcept {
  shard& s = shard_of(task);
  const raw_guard guard(s.lock);
  if (s.closed) return false;
  s.tasks.push_back(task);
  ++s.inserted;
  return true;
}

bool owned_list::remove(task_header& task) noexcept {
  shard& s = shard_of(task);
  const raw_guard guard(s.lock);
  if (!task.is_linked()) return false;
  s.tasks.erase(task);
  ++s.removed;
  return true;
}

void owned_list::close() noexcept {
  for (shard& s : shards_) {
    const raw_guard guard(s.lock);
    s.closed = true;
  }
}

owned_list::counts owned_list::count() noexcept {
  counts sum;
  for (shard& s : shards_) {
    const raw_guard guard(s.lock);
    sum.inserted += s.inserted;
    sum.live += s.inserted - s.removed;
  }
  return sum;
}

bool owned_list::empty() noexcept {
  for (shard& s : shards_) {
    const raw_guard guard(s.lock);
    if (!s.tasks.empty()) return false;
  }
  return true;
}

// Moves tasks whose future is now this thread's into `taken`. True: there may be more.
bool owned_list::take_batch(shard& s, list& taken, bool& retry) noexcept {
  const raw_guard guard(s.lock);
  EDO_ASSERT(s.closed);
  unsigned count = 0;
  task_header* next = s.tasks.front();
  while (next != nullptr && count < batch_max) {
    task_header& task = *next;
    next = s.tasks.next(task);
    switch (task_state::to_shutdown(task.word)) {
      case task_state::shutdown_effect::destroy:
        s.tasks.erase(task);
        ++s.removed;
        taken.push_back(task);
        ++count;
        break;
      case task_state::shutdown_effect::retry:
        retry = true;
        break;
      case task_state::shutdown_effect::none:
        break;  // it is running, or about to be removed
    }
  }
  return next != nullptr;
}

void owned_list::shut_down(std::int64_t deadline_ns) noexcept {
  for (shard& s : shards_) {
    for (bool more = true; more;) {
      list taken;
      bool retry = false;
      more = take_batch(s, taken, retry);
      // A taken task is running, so nobody but this thread links, unlinks or completes it.
      while (task_header* task = taken.pop_front()) destroy_task(*task);
      if (more && monotonic_now_ns() > deadline_ns) return;
      if (retry) {
        // A dump reads one of them, for microseconds; it needs no lock of ours.
        sched_yield();
        more = true;
      }
    }
  }
}

}  // namespace edo::inline v0::detail
