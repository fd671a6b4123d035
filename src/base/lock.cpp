#include "edo/base/lock.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace edo::inline v0::detail {
namespace {

// Longer than an uncontended section of ours takes, far shorter than a switch of threads.
constexpr int spins_max = 100;

constexpr std::int64_t ns_per_s = 1'000'000'000;

}  // namespace

void futex_wait(atomic<std::uint32_t>& word,
                std::uint32_t value,
                std::int64_t deadline_ns) noexcept {
  if constexpr (thread_sanitizer) {
    // ThreadSanitizer holds a signal back until its thread enters a function that it knows, and a
    // raw system call is none: without a look now and then a Ctrl-C would wait for ever.
    const std::int64_t soon = monotonic_now_ns() + ns_per_s / 20;
    if (deadline_ns < 0 || deadline_ns > soon) deadline_ns = soon;
  }
  timespec at{};
  timespec* limit = nullptr;
  if (deadline_ns >= 0) {
    at.tv_sec = static_cast<time_t>(deadline_ns / ns_per_s);
    at.tv_nsec = static_cast<long>(deadline_ns % ns_per_s);
    limit = &at;
  }
  // FUTEX_WAIT_BITSET takes an absolute time. EINTR, EAGAIN and ETIMEDOUT all mean: look again.
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, value, limit, nullptr,
            FUTEX_BITSET_MATCH_ANY);
  if constexpr (thread_sanitizer) ::usleep(0);
}

void futex_wake(atomic<std::uint32_t>& word, int count) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

// The analysis does not follow a lock that is taken by an exchange.
void raw_mutex::lock_slow() noexcept EDO_NO_LOCK_ANALYSIS {
  for (int spin = 0; spin < spins_max; ++spin) {
    // relaxed: only a hint whether to try.
    if (word_.load(memory_order_relaxed) == free && try_lock()) return;
    cpu_relax();
  }
  // acquire: as in lock(). From here on the word stays `contended` while we hold it, since we
  // cannot know whether others sleep: one wake too many, never one too few.
  while (word_.exchange(contended, memory_order_acquire) != free) {
    futex_wait(word_, contended, -1);
  }
}

void raw_mutex::unlock_slow() noexcept { futex_wake(word_, 1); }

void raw_condition::wait(raw_mutex& mutex) noexcept { wait_until(mutex, -1); }

bool raw_condition::wait_until(raw_mutex& mutex, std::int64_t deadline_ns) noexcept {
  // relaxed, all of these: the mutex orders them; the kernel compares the sequence again.
  const std::uint32_t seen = sequence_.load(memory_order_relaxed);
  waiters_.fetch_add(1, memory_order_relaxed);
  mutex.unlock();
  futex_wait(sequence_, seen, deadline_ns);
  mutex.lock();
  waiters_.fetch_sub(1, memory_order_relaxed);
  // relaxed: as above.
  if (sequence_.load(memory_order_relaxed) != seen) return true;
  return deadline_ns < 0 || monotonic_now_ns() < deadline_ns;
}

void raw_condition::notify_one() noexcept {
  // relaxed: notifiers change the condition under the mutex, before or while they notify; a waiter
  // that registered before that is counted here, for the same reason.
  sequence_.fetch_add(1, memory_order_relaxed);
  if (waiters_.load(memory_order_relaxed) != 0) futex_wake(sequence_, 1);
}

void raw_condition::notify_all() noexcept {
  // relaxed: as in notify_one().
  sequence_.fetch_add(1, memory_order_relaxed);
  constexpr int all = 0x7fffffff;
  if (waiters_.load(memory_order_relaxed) != 0) futex_wake(sequence_, all);
}

std::int64_t monotonic_now_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * ns_per_s + now.tv_nsec;
}

}  // namespace edo::inline v0::detail
