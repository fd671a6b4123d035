#include "edo/future/block_on.hpp"

#include "edo/base/lock.hpp"
#include "edo/base/random.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/future/detail/maybe_done.hpp"

namespace edo::inline v0::detail {
namespace {

struct thread_state {
  unsigned polling = 0;  // a task is being polled; blocking waits are refused
  random generator{0};
  bool seeded = false;
};

// Read through this accessor only: a coroutine may resume on another thread than it left, and a
// compiler may keep a thread-local's address across the suspension.
[[gnu::noinline]] thread_state& this_thread() noexcept {
  static constinit thread_local thread_state state;
  return state;
}

/// What a parked thread and its wakers share.
class park_token final : public ref_counted<park_token> {
 public:
  void unpark() noexcept {
    raw_guard guard(mutex_);
    woken_ = true;
    condition_.notify_one();
  }
  void park() noexcept {
    raw_guard guard(mutex_);
    while (!woken_) condition_.wait(mutex_);
    woken_ = false;
  }

 private:
  raw_mutex mutex_;
  raw_condition condition_;
  bool woken_ EDO_GUARDED_BY(mutex_) = false;
};

park_token& token_of(void* data) noexcept { return *static_cast<park_token*>(data); }

constexpr waker_vtable park_vtable{
    .clone = [](void* data) noexcept { token_of(data).add_ref(); },
    .wake =
        [](void* data) noexcept {
          token_of(data).unpark();
          token_of(data).drop_ref();
        },
    .wake_by_ref = [](void* data) noexcept { token_of(data).unpark(); },
    .drop = [](void* data) noexcept { token_of(data).drop_ref(); },
};

}  // namespace

polling_scope::polling_scope() noexcept : saved_(this_thread().polling) {
  this_thread().polling = 1;
}
polling_scope::~polling_scope() { this_thread().polling = saved_; }

blocking_scope::blocking_scope() noexcept : saved_(this_thread().polling) {
  this_thread().polling = 0;
}
blocking_scope::~blocking_scope() { this_thread().polling = saved_; }

void require_blocking_allowed(std::source_location where, const char* subject) {
  if (this_thread().polling != 0) throw_usage(usage::blocking_in_task, where, subject);
}

thread_parker::thread_parker() : waker_(new park_token, &park_vtable) {}
thread_parker::~thread_parker() = default;
void thread_parker::park() noexcept { token_of(waker_.data()).park(); }

unsigned fair_start(unsigned bound) noexcept {
  if (bound < 2) return 0;
  thread_state& state = this_thread();
  if (!state.seeded) [[unlikely]] {
    state.seeded = true;
    state.generator = random(static_cast<std::uint64_t>(monotonic_now_ns()));
  }
  return state.generator.below(bound);
}

}  // namespace edo::inline v0::detail
