/// What a thread knows of edo: the one thread-local of the library, and the way to it.
#pragma once

#include "edo/base/config.hpp"

#include <cstdint>

namespace edo::inline v0 {
class enter_guard;
}  // namespace edo::inline v0

namespace edo::inline v0::detail {

class runtime_state;
struct task_header;

/// What a thread is doing for a runtime.
enum class thread_region : std::uint8_t {
  outside,   ///< Nothing, or only an `enter()` guard is held: blocking is allowed.
  async,     ///< It polls tasks, or the root future of `block_on`: it must not block.
  blocking,  ///< It runs a job of `spawn_blocking`, or `block_in_place`: blocking is allowed.
};

/// Trivial, so that it is there before the first constructor and after the last destructor of a
/// thread: a runtime may be destroyed, and a waker woken, from a thread-local's destructor.
struct thread_state {
  runtime_state* runtime = nullptr;  ///< The runtime entered last; kept alive by who entered.
  enter_guard* guard = nullptr;      ///< The innermost `enter()` guard.
  task_header* task = nullptr;       ///< The task that is polled or destroyed here.
  void* core = nullptr;              ///< The core that this thread holds (its scheduler knows).
  thread_region region = thread_region::outside;
  bool yielded = false;                ///< `yield_now` was polled in this poll.
  bool allows_block_in_place = false;  ///< In region async: this thread can be given away.
};

/// This thread's. A compiler may keep a thread-local's address across a `co_await`, after which the
/// coroutine runs on another thread; so nothing but this function reads it, and it is not inlined.
[[gnu::noinline]] thread_state& this_thread_state() noexcept;

}  // namespace edo::inline v0::detail
