// Who is woken, and who watches: section 4 of multi_thread.hpp.
#include "sched/multi_thread.hpp"
#include "sched/worker.hpp"

#include <utility>

namespace edo::inline v0::detail {

void multi_thread::wake_one() noexcept {
  if (core* chosen = idle_.choose()) chosen->sleeper.wake(*parker_);
}

// Wakes a sleeper for what waits at `c` or in the injection queue, if it is worth it.
void multi_thread::wake_for(const core& c) noexcept {
  if (!idle_.may_choose()) return;
  const unsigned length = c.ring.size();
  // relaxed: a hint.
  if (injected_.has_tasks() || (length != 0 && length >= wake_depth_.load(memory_order_relaxed))) {
    wake_one();
  } else if (length != 0 || !c.lifo.empty()) {
    want_watch();
  }
}

// Wakes a sleeper to watch, unless somebody does.
void multi_thread::want_watch() noexcept {
  if (!idle_.may_choose() || !watch_.want()) return;
  if (core* chosen = idle_.choose()) {
    chosen->sleeper.wake(*parker_);
  } else {
    watch_.unwant();  // somebody searches, and will come by here when that ends
  }
}

// The worker counts as asleep. True: it watches, and sleeps with a limit.
bool multi_thread::goes_on_watching(worker& self) noexcept {
  if (!self.watches) {
    if (!idle_.anybody_awake() || !watch_.take_free()) return false;
    self.watches = true;
    self.quiet_looks = 0;
  }
  const std::uint64_t polls = polls_of_all();
  self.quiet_looks = std::exchange(self.seen_polls, polls) == polls ? self.quiet_looks + 1 : 0;
  if (self.quiet_looks < watch_looks_max || idle_.anybody_awake()) return true;
  watch_.give_up();
  self.watches = idle_.anybody_awake() && watch_.take_free();  // watch_role.hpp, 6
  return self.watches;
}

std::uint64_t multi_thread::polls_of_all() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& c : cores_) sum += c->counters.polls.get();
  return sum;
}

}  // namespace edo::inline v0::detail
