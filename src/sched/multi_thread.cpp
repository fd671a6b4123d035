#include "sched/multi_thread.hpp"

#include "edo/base/assert.hpp"
#include "edo/future/block_on.hpp"

#include "sched/worker.hpp"
#include "task/harness.hpp"
#include "task/thread_state.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace edo::inline v0::detail {

multi_thread::multi_thread(ref_ptr<parker> sleeper, thread_environment& environment, options how)
    : parker_(std::move(sleeper)),
      environment_(environment),
      options_(std::move(how)),
      idle_(static_cast<unsigned>(options_.workers)) {
  cores_.reserve(options_.workers);
  spare_cores_.reserve(options_.workers);
  threads_.reserve(options_.workers);
  random seeds(options_.seed);
  for (unsigned i = 0; i < options_.workers; ++i) {
    cores_.push_back(std::make_unique<core>(i, seeds.next()));
    cores_.back()->polls_until_turn = options_.event_interval;
    spare_cores_.push_back(cores_.back().get());
  }
}

multi_thread::~multi_thread() { EDO_ASSERT(!injected_.has_tasks()); }

// ------------------------------------------------------------------------------- threads and cores

result<void> multi_thread::start() {
  for (std::size_t i = 0; i < options_.workers; ++i) {
    {
      const raw_guard guard(lock_);
      ++threads_alive_;
    }
    environment_.retain_for_thread();
    add_ref();
    const result<os_thread> thread = os_thread::start(options_.thread, &thread_entry, this);
    if (!thread) {
      {
        const raw_guard guard(lock_);
        --threads_alive_;
      }
      environment_.release_for_thread();
      drop_ref();
      return std::unexpected(thread.error());
    }
    threads_.push_back(*thread);
  }
  return {};
}

void multi_thread::thread_entry(void* self) noexcept {
  auto& owner = *static_cast<multi_thread*>(self);
  thread_environment& environment = owner.environment_;
  owner.work_on_this_thread(false);
  owner.drop_ref();
  environment.release_for_thread();
}

// On a thread of the blocking pool, which keeps the runtime and so this scheduler alive.
void multi_thread::spare_entry(void* self) noexcept {
  auto& owner = *static_cast<multi_thread*>(self);
  {
    const raw_guard guard(owner.lock_);
    if (owner.spare_cores_.empty() || owner.stops()) return;
    ++owner.spares_alive_;
  }
  owner.work_on_this_thread(true);
}

void multi_thread::work_on_this_thread(bool spare) noexcept {
  environment_.run_worker(
      [](void* self) noexcept {
        worker w;
        static_cast<multi_thread*>(self)->work(w);
      },
      this);
  const raw_guard guard(lock_);
  --(spare ? spares_alive_ : threads_alive_);
  if (threads_alive_ + spares_alive_ == 0) all_ended_.notify_all();
}

void multi_thread::work(worker& self) noexcept {
  const scheduler_scope scope(*this, &self);
  work_until_stop(self);
  if (stops()) {
    // Without a core: what is woken from here on goes to the injection queue, which drops it.
    if (core* last = std::exchange(self.held, nullptr)) last->drain();
    tasks_.shut_down(INT64_MAX);
  }
}

bool multi_thread::stops() const noexcept {
  // acquire: pairs with the release in request_shutdown(); the owned list is seen closed.
  return stop_.load(memory_order_acquire);
}

bool multi_thread::attach_spare_core(worker& self) noexcept {
  const raw_guard guard(lock_);
  if (stops() || spare_cores_.empty()) return false;
  self.held = spare_cores_.back();
  spare_cores_.pop_back();
  return true;
}

// The calling thread as a worker of this scheduler, or null.
multi_thread::worker* multi_thread::this_worker() const noexcept {
  const thread_state& thread = this_thread_state();
  return thread.scheduler == this ? static_cast<worker*>(thread.core) : nullptr;
}

bool multi_thread::give_core() noexcept {
  worker* self = this_worker();
  if (self == nullptr || self->held == nullptr) return false;
  core* given = nullptr;
  static_cast<void>(self->lease.begin_use());  // an ask that has not been committed is overruled
  if (self->lease.give()) given = std::exchange(self->held, nullptr);
  self->lease.end_use();
  if (given == nullptr) return false;
  given->polls_until_turn = 0;  // its next worker begins with a turn, for INV-3
  {
    const raw_guard guard(lock_);
    if (!stops()) {
      spare_cores_.push_back(given);
      given = nullptr;
    }
  }
  if (given != nullptr) {  // nobody will take it any more
    given->drain();
    return true;
  }
  if (environment_.run_elsewhere(&spare_entry, this)) return true;
  regain_core();  // no thread is to be had: the others wait
  return false;
}

void multi_thread::regain_core() noexcept {
  worker* self = this_worker();
  if (self == nullptr || self->held != nullptr) return;
  if (attach_spare_core(*self)) self->lease.attach_in_poll();
}

// --------------------------------------------------------------------------------- a worker's loop

// Returns when the scheduler stops, or when this thread has lost its core to another.
void multi_thread::work_until_stop(worker& self) noexcept {
  const running_scope running;
  if (!attach_spare_core(self)) return;
  self.lease.attach();
  self.held->turn_ns = monotonic_now_ns();
  while (!stops()) {
    if (self.held->polls_until_turn == 0) turn(self);  // INV-5
    task_header* task = next_task(self);
    if (task == nullptr) task = look_around(self);
    if (task == nullptr) continue;
    if (self.searching || self.watches) [[unlikely]]
      found_work(self);
    run_one(self, running.thread(), *task);
    if (self.held == nullptr) {
      if (!attach_spare_core(self)) return;
      self.lease.attach();
    }
  }
}

void multi_thread::run_one(worker& self, thread_state& thread, task_header& task) noexcept {
  core& c = *self.held;
  --c.polls_until_turn;
  c.counters.polls.add(1);
  self.lease.begin_poll();
  const run_outcome outcome = run(task, thread, self.budget);
  if (!self.lease.end_poll() && !self.lease.settle()) [[unlikely]]
    self.held = nullptr;
  if (outcome == run_outcome::settled) return;
  if (self.held == nullptr) [[unlikely]] {
    inject(task);
  } else if (outcome == run_outcome::woken) {
    self.held->push_back(task);
  } else {
    if (self.budget == 0) self.held->counters.forced_yields.add(1);
    self.held->yielded.push(task);
  }
}

task_header* multi_thread::next_task(worker& self) noexcept {
  core& c = *self.held;
  if (c.polls_until_injection-- == 0) [[unlikely]] {
    c.polls_until_injection = options_.injection_interval;
    if (c.polls_until_injection == 0) {
      c.polls_until_injection = static_cast<unsigned>(
          std::clamp(injection_target_ns / std::max<std::int64_t>(c.mean_poll_ns, 1),
                     injection_interval_min, injection_interval_max));
    }
    static_cast<void>(take_injected(c));
  }
  if (c.lifo_uses < core::lifo_uses_max) {
    if (task_header* task = c.lifo.take()) {  // on the budget of the task that woke it
      ++c.lifo_uses;
      c.counters.lifo_polls.add(1);
      return task;
    }
  }
  c.lifo_uses = 0;
  self.budget = poll_budget;
  if (task_header* task = c.pop()) return task;
  return c.lifo.take();
}

// There is nothing in the core's own queues.
task_header* multi_thread::look_around(worker& self) noexcept {
  core& c = *self.held;
  if (take_injected(c)) return c.pop();
  if (!c.yielded.empty()) {
    turn(self);
    return c.pop();
  }
  if (self.searching || idle_.begin_search()) {
    self.searching = true;
    if (task_header* task = steal(c)) return task;
  }
  sleep(self);
  return nullptr;
}

task_header* multi_thread::steal(core& thief) noexcept {
  const auto count = static_cast<unsigned>(cores_.size());
  const unsigned first = thief.rng.below(count);
  for (unsigned i = 0; i < count; ++i) {
    core& victim = *cores_[(first + i) % count];
    if (&victim == &thief) continue;
    unsigned taken = 0;
    if (task_header* task = victim.ring.steal_into(thief.ring, taken)) {
      thief.counters.steal_operations.add(1);
      thief.counters.stolen_tasks.add(taken);
      return task;
    }
  }
  if (take_injected(thief)) return thief.pop();
  // Last: its worker is about to run it, unless its poll takes long.
  for (unsigned i = 0; i < count; ++i) {
    core& victim = *cores_[(first + i) % count];
    if (task_header* task = victim.lifo.take()) {
      thief.counters.steal_operations.add(1);
      thief.counters.stolen_tasks.add(1);
      return task;
    }
  }
  return nullptr;
}

// True: the core has tasks now.
bool multi_thread::take_injected(core& c) noexcept {
  if (!injected_.has_tasks()) return false;
  run_queue batch;
  if (injected_.take(batch, cores_.size(), injection_batch) == 0) return false;
  c.backlog.append(batch);
  c.refill();
  wake_for(c);
  return true;
}

// A worker that searched or watched has work: who relied on it must not be forgotten.
void multi_thread::found_work(worker& self) noexcept {
  const bool watched = std::exchange(self.watches, false);
  if (watched) watch_.give_up();
  if (std::exchange(self.searching, false) && idle_.end_search()) {
    for (const auto& c : cores_) wake_for(*c);
  }
  if (watched) want_watch();
}

void multi_thread::turn(worker& self) noexcept {
  core& c = *self.held;
  c.polls_until_turn = options_.event_interval;
  measure(c);
  // If another worker is in the driver, it has its turn already.
  if (parker_->try_acquire()) {
    parker_->poll();
    parker_->release();
  }
  c.backlog.append(c.yielded);  // INV-3
  c.refill();
  wake_for(c);
}

// The mean time of a poll, of late, and what follows from it.
void multi_thread::measure(core& c) noexcept {
  const std::int64_t now = monotonic_now_ns();
  const std::int64_t spent = now - std::exchange(c.turn_ns, now);
  const std::uint64_t polls = c.counters.polls.get();
  const auto count = static_cast<std::int64_t>(polls - std::exchange(c.polls_at_turn, polls));
  c.counters.busy_ns.add(static_cast<std::uint64_t>(spent));
  if (count == 0) return;
  c.mean_poll_ns += (spent / count - c.mean_poll_ns) / 4;
  const auto polls_worth = static_cast<unsigned>(std::clamp<std::int64_t>(
      wake_worth_ns / std::max<std::int64_t>(c.mean_poll_ns, 1), 1, core::ring_size / 2));
  const unsigned depth = std::bit_ceil(polls_worth);
  // relaxed, both: a hint. It changes by powers of two only, so rarely.
  if (wake_depth_.load(memory_order_relaxed) != depth) {
    wake_depth_.store(depth, memory_order_relaxed);
  }
}

// INV-2: the core's queues are empty.
void multi_thread::sleep(worker& self) noexcept {
  core& c = *self.held;
  if (tell_park() && (!c.ring.empty() || !c.lifo.empty())) {
    // The hook has made work. The driver has its turn all the same, or such a hook would starve it.
    tell_unpark();
    turn(self);
    return;
  }
  measure(c);
  c.polls_until_turn = options_.event_interval;  // the driver has its turn now
  const bool drives = parker_->try_acquire();
  const bool last = idle_.park(c, std::exchange(self.searching, false), drives);
  if (last) {
    for (const auto& other : cores_) wake_for(*other);  // perhaps this one
  }
  c.counters.parks.add(1);
  const std::int64_t limit_ns = goes_on_watching(self) ? watch_period_ns : -1;
  if (drives) {
    c.sleeper.sleep_in(*parker_, limit_ns);
    parker_->release();
    if (!c.ring.empty() && !self.watches) want_watch();  // nobody drives now
  } else {
    c.sleeper.sleep(limit_ns);
  }
  c.counters.unparks.add(1);
  tell_unpark();
  c.turn_ns = monotonic_now_ns();
  self.searching = !idle_.leave(c);
  if (self.searching && !self.watches) self.watches = watch_.take_wanted();
  if (!self.searching && c.ring.empty()) c.counters.noop_unparks.add(1);
}

// ---------------------------------------------------------------------------------------- schedule

std::size_t multi_thread::local_depth(std::size_t core) const noexcept {
  return cores_[core]->ring.size() + (cores_[core]->lifo.empty() ? 0 : 1);
}

void multi_thread::inject(task_header& task) noexcept {
  if (injected_.push(task)) {
    wake_one();
  } else {
    drop_runnable(task);
  }
}

void multi_thread::schedule(task_header& task) noexcept {
  worker* self = this_worker();
  if (self == nullptr || self->held == nullptr) {
    inject(task);
    return;
  }
  core& c = *self->held;
  if (!self->lease.in_poll()) {  // in the driver, which is followed by a look into the queue
    c.push_back(task);
    return;
  }
  bool wakes = false;
  const bool usable = self->lease.begin_use();
  if (usable) {
    c.push_next(task);
    wakes = idle_.may_choose() && (!c.ring.empty() || watch_.is_free());
  }
  self->lease.end_use();
  if (!usable) inject(task);
  if (wakes) wake_for(c);
}

void multi_thread::block_on(root_poll& root) {
  thread_parker here;
  const root_registration registration(*this, here.waker());
  for (;;) {
    unsigned budget = poll_budget;
    context cx(here.waker(), &budget);
    if (root.poll(root, cx)) return;
    registration.require_alive();
    here.park();
  }
}

// ---------------------------------------------------------------------------------------- shutdown

void multi_thread::request_shutdown() noexcept {
  tasks_.close();
  std::vector<core*> spare;
  {
    const raw_guard guard(lock_);
    // release: pairs with the acquire in stops().
    stop_.store(true, memory_order_release);
    spare.swap(spare_cores_);
  }
  for (core* c : spare) c->drain();
  run_queue left;
  injected_.close(left);
  drop_all(left);
  for (const auto& c : cores_) c->sleeper.wake(*parker_);
}

bool multi_thread::wait_until_ended(std::int64_t deadline_ns) noexcept {
  const raw_guard guard(lock_);
  while (threads_alive_ + spares_alive_ != 0) {
    if (!all_ended_.wait_until(lock_, deadline_ns)) break;
  }
  return threads_alive_ + spares_alive_ == 0;
}

std::size_t multi_thread::await_shutdown(std::int64_t deadline_ns) noexcept {
  const std::int64_t help_at = monotonic_now_ns() + help_after_ns;
  if (!wait_until_ended(help_at < deadline_ns ? help_at : deadline_ns)) {
    // All workers may be stuck in a poll: what does not run is destroyed here.
    tasks_.shut_down(deadline_ns);
  }
  const bool ended = wait_until_ended(deadline_ns);
  for (os_thread& thread : threads_) ended ? thread.join() : thread.detach();
  threads_.clear();
  const raw_guard guard(lock_);
  return threads_alive_;  // the environment counts the spare ones
}

void multi_thread::abandon() noexcept {
  for (os_thread& thread : threads_) thread.detach();
  threads_.clear();
}

}  // namespace edo::inline v0::detail
