#include "base/stack.hpp"

#include <cstdint>
#include <pthread.h>

namespace edo::inline v0::detail {
namespace {

/// The addresses of a thread's stack; trivial, as every thread-local of edo.
struct bounds {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;
  bool known = false;
};

bounds ask_system() noexcept {
  bounds found;
  found.known = true;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return found;
  void* low = nullptr;
  std::size_t size = 0;
  if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
    found.low = reinterpret_cast<std::uintptr_t>(low);
    found.high = found.low + size;
  }
  pthread_attr_destroy(&attributes);
  return found;
}

}  // namespace

std::size_t stack_room() noexcept {
  static constinit thread_local bounds stack;
  if (!stack.known) stack = ask_system();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (here < stack.low || here >= stack.high) return SIZE_MAX;
  return here - stack.low;
}

}  // namespace edo::inline v0::detail
