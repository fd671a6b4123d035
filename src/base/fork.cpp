#include "base/fork.hpp"

#include "edo/base/atomic.hpp"

#include <pthread.h>

namespace edo::inline v0::detail {
namespace {

// In the child there is one thread, and it has seen all that happened before the fork.
constinit atomic<std::uint32_t> generation{0};

// relaxed: see above.
void count_fork() noexcept { generation.fetch_add(1, memory_order_relaxed); }

}  // namespace

std::uint32_t fork_generation() noexcept {
  // Without memory for the handler a fork is not noticed; nothing else is lost.
  [[maybe_unused]] static const int registered = ::pthread_atfork(nullptr, nullptr, &count_fork);
  // relaxed: see above.
  return generation.load(memory_order_relaxed);
}

}  // namespace edo::inline v0::detail
