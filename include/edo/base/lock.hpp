/// The lock inside the library: one word, spins shortly, then sleeps in the kernel.
#pragma once

#include "edo/base/atomic.hpp"

#include <cstdint>

#if defined(__clang__)
#define EDO_CAPABILITY(name) [[clang::capability(name)]]
#define EDO_SCOPED_CAPABILITY [[clang::scoped_lockable]]
#define EDO_GUARDED_BY(lock) __attribute__((guarded_by(lock)))
#define EDO_REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define EDO_ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define EDO_TRY_ACQUIRE(...) __attribute__((try_acquire_capability(__VA_ARGS__)))
#define EDO_RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#define EDO_NO_LOCK_ANALYSIS __attribute__((no_thread_safety_analysis))
#else
#define EDO_CAPABILITY(name)
#define EDO_SCOPED_CAPABILITY
#define EDO_GUARDED_BY(lock)
#define EDO_REQUIRES(...)
#define EDO_ACQUIRE(...)
#define EDO_TRY_ACQUIRE(...)
#define EDO_RELEASE(...)
#define EDO_NO_LOCK_ANALYSIS
#endif

namespace edo::inline v0::detail {

/// Mutual exclusion for short sections: one word, no allocation, constant-initialised.
///
/// The word: 0 free, 1 held, 2 held and somebody sleeps. Unfair. Not for public use: a lock held
/// across a `co_await` is what `edo::mutex` is for.
/// Source: U. Drepper, "Futexes Are Tricky", 2011, mutex 2.
class EDO_CAPABILITY("mutex") raw_mutex {
 public:
  constexpr raw_mutex() noexcept = default;
  raw_mutex(const raw_mutex&) = delete;
  raw_mutex& operator=(const raw_mutex&) = delete;

  void lock() noexcept EDO_ACQUIRE() {
    std::uint32_t expected = free;
    // acquire: pairs with the release in unlock(); makes the previous holder's writes visible.
    // relaxed on failure: lock_slow() tries again.
    if (!word_.compare_exchange_strong(expected, held, memory_order_acquire, memory_order_relaxed))
        [[unlikely]] {
      lock_slow();
    }
  }

  [[nodiscard]] bool try_lock() noexcept EDO_TRY_ACQUIRE(true) {
    std::uint32_t expected = free;
    // acquire: as in lock(). relaxed on failure: nothing was taken.
    return word_.compare_exchange_strong(expected, held, memory_order_acquire,
                                         memory_order_relaxed);
  }

  void unlock() noexcept EDO_RELEASE() {
    // release: pairs with the acquire in lock(), try_lock() and lock_slow().
    if (word_.exchange(free, memory_order_release) == contended) [[unlikely]]
      unlock_slow();
  }

 private:
  friend class raw_condition;

  static constexpr std::uint32_t free = 0;
  static constexpr std::uint32_t held = 1;
  static constexpr std::uint32_t contended = 2;

  EDO_API void lock_slow() noexcept;
  EDO_API void unlock_slow() noexcept;

  atomic<std::uint32_t> word_{free};
};

/// Holds a `raw_mutex` for a scope; may be released early and taken again.
class EDO_SCOPED_CAPABILITY raw_guard {
 public:
  explicit raw_guard(raw_mutex& mutex) noexcept EDO_ACQUIRE(mutex) : mutex_(mutex), held_(true) {
    mutex_.lock();
  }
  raw_guard(const raw_guard&) = delete;
  raw_guard& operator=(const raw_guard&) = delete;
  ~raw_guard() EDO_RELEASE() {
    if (held_) mutex_.unlock();
  }

  void unlock() noexcept EDO_RELEASE() {
    held_ = false;
    mutex_.unlock();
  }
  void lock() noexcept EDO_ACQUIRE() {
    mutex_.lock();
    held_ = true;
  }

 private:
  raw_mutex& mutex_;
  bool held_;
};

/// A condition to wait for under a `raw_mutex`: one word, constant-initialised.
/// Waits may return without a notification; callers check their condition in a loop.
class EDO_API raw_condition {
 public:
  constexpr raw_condition() noexcept = default;
  raw_condition(const raw_condition&) = delete;
  raw_condition& operator=(const raw_condition&) = delete;

  /// Releases `mutex`, sleeps until notified, takes `mutex` again.
  void wait(raw_mutex& mutex) noexcept EDO_REQUIRES(mutex);

  /// The same, at most until `deadline_ns` on the monotonic clock. False: the time is over.
  bool wait_until(raw_mutex& mutex, std::int64_t deadline_ns) noexcept EDO_REQUIRES(mutex);

  void notify_one() noexcept;
  void notify_all() noexcept;

 private:
  atomic<std::uint32_t> sequence_{0};
  atomic<std::uint32_t> waiters_{0};
};

/// Sleeps while `word == value`, until it is woken, at most until the deadline (monotonic;
/// negative: for ever). May return for nothing. A change of the word before `futex_wake` is seen.
EDO_API void futex_wait(atomic<std::uint32_t>& word,
                        std::uint32_t value,
                        std::int64_t deadline_ns) noexcept;

/// Wakes up to `count` threads that sleep on `word`.
EDO_API void futex_wake(atomic<std::uint32_t>& word, int count) noexcept;

/// Now, in nanoseconds of the monotonic clock.
[[nodiscard]] EDO_API std::int64_t monotonic_now_ns() noexcept;

}  // namespace edo::inline v0::detail
