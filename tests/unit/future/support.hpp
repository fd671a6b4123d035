// What the tests of the future floor share: leaves to poll, and a thread with a small stack.
#pragma once

#include "edo/base/config.hpp"
#include "edo/future/async.hpp"

#include <cstddef>
#include <functional>
#include <pthread.h>
#include <system_error>
#include <utility>

namespace edo::tests {

/// Pending `wakes` times, waking itself each time; then ready with `value`.
struct self_wake {
  int wakes = 1;
  int value = 0;

  poll_result<int> poll(context& cx) {
    if (wakes-- == 0) return value;
    cx.waker().wake_by_ref();
    return pending;
  }
};

/// Polls until ready; nobody but the leaf itself needs to wake it.
template <class T>
T drive(async<T> work) {
  auto future = into_future(std::move(work));
  context cx(waker::noop());
  for (;;) {
    auto polled = future.poll(cx);
    if (polled.is_ready()) return std::move(polled).value();
  }
}

/// Runs `body` on a thread whose whole stack is `stack_bytes`.
inline void on_small_stack(std::size_t stack_bytes, std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread{};
  const int failed = pthread_create(
      &thread, &attributes,
      [](void* data) -> void* {
        (*static_cast<std::function<void()>*>(data))();
        return nullptr;
      },
      &body);
  pthread_attr_destroy(&attributes);
  if (failed != 0) throw std::system_error(failed, std::generic_category());
  pthread_join(thread, nullptr);
}

/// The promise of the library: any depth of awaiting fits this. TSan's own frames and thread state
/// take more than that before a test begins.
inline constexpr std::size_t small_stack = detail::thread_sanitizer ? 256 * 1024 : 64 * 1024;

}  // namespace edo::tests
