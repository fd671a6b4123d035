#include "driver/signal_hub.hpp"

#include "edo/base/atomic.hpp"
#include "edo/base/unique_fd.hpp"

#include "driver/driver.hpp"

#include <cerrno>
#include <csignal>
#include <new>
#include <sys/eventfd.h>
#include <unistd.h>

namespace edo::inline v0::detail {
namespace {

constexpr int signal_count = 65;

// What the handler touches, hence outside of the hub: atomics without locks, and constants.
struct handler_state {
  atomic<int> descriptor{-1};
  atomic<bool> pending[signal_count]{};
  struct sigaction earlier[signal_count]{};
};
static_assert(atomic<int>::is_always_lock_free && atomic<bool>::is_always_lock_free);

// Never destroyed: signals come until the very end.
constinit handler_state shared;
constinit signal_hub hub;

void call_earlier(int number, siginfo_t* info, void* machine) {
  const struct sigaction& earlier = shared.earlier[number];
  if ((earlier.sa_flags & SA_SIGINFO) != 0) {
    if (earlier.sa_sigaction != nullptr) earlier.sa_sigaction(number, info, machine);
  } else if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
    earlier.sa_handler(number);
  }
}

void on_signal(int number, siginfo_t* info, void* machine) {
  const int saved = errno;
  // release: pairs with the acquire in deliver() (INV-1).
  shared.pending[number].store(true, memory_order_release);
  // relaxed: written before the handler was installed.
  const int fd = shared.descriptor.load(memory_order_relaxed);
  const std::uint64_t one = 1;
  // A full counter (EAGAIN) would take 2^64 signals; every driver has been told long before.
  static_cast<void>(!::write(fd, &one, sizeof one));
  call_earlier(number, info, machine);
  errno = saved;
}

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

}  // namespace

signal_hub& signal_hub::instance() noexcept { return hub; }

result<int> signal_hub::descriptor() noexcept {
  raw_guard guard(lock_);
  // relaxed: written under the lock.
  int fd = shared.descriptor.load(memory_order_relaxed);
  if (fd >= 0) return fd;
  fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return std::unexpected(last_error());
  // relaxed: the handler is installed later, by a system call of this or of another thread that
  // has taken the lock since.
  shared.descriptor.store(fd, memory_order_relaxed);
  return fd;
}

result<void> signal_hub::install(int number) noexcept {
  if (number <= 0 || number >= signal_end) {
    return std::unexpected(std::make_error_code(std::errc::invalid_argument));
  }
  if (result<int> fd = descriptor(); !fd) return std::unexpected(fd.error());
  raw_guard guard(lock_);
  if (installed_[number]) return {};
  struct sigaction ours{};
  ours.sa_sigaction = on_signal;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  ::sigfillset(&ours.sa_mask);
  // The earlier one must be known before ours can run.
  if (::sigaction(number, nullptr, &shared.earlier[number]) != 0 ||
      ::sigaction(number, &ours, nullptr) != 0) {
    return std::unexpected(last_error());
  }
  installed_[number] = true;
  return {};
}

std::uint32_t signal_hub::count(int number) noexcept {
  raw_guard guard(lock_);
  return counts_[number];
}

signal_hub::waiter_list& signal_hub::waiters() noexcept {
  if (waiters_ == nullptr) waiters_ = ::new (static_cast<void*>(storage_)) waiter_list;
  return *waiters_;
}

template <class Wanted>
void signal_hub::take_waiters(Wanted wanted, wake_batch& batch) noexcept {
  raw_guard guard(lock_);
  signal_waiter* next = nullptr;
  for (signal_waiter* waiter = waiters().front(); waiter != nullptr; waiter = next) {
    next = waiters().next(*waiter);
    if (!wanted(*waiter)) continue;
    if (batch.is_full()) {
      guard.unlock();
      batch.wake_all();
      guard.lock();
      next = waiters().front();  // the list may be another by now
      continue;
    }
    waiters().erase(*waiter);
    batch.push(std::move(waiter->waker_));
  }
}

void signal_hub::deliver(wake_batch& batch) noexcept {
  for (int number = 1; number < signal_end; ++number) {
    // relaxed: only a hint; what it misses was set after this delivery began, and its write tells
    // every driver again.
    if (!shared.pending[number].load(memory_order_relaxed)) continue;
    // acquire: pairs with the release in the handler (INV-1).
    if (!shared.pending[number].exchange(false, memory_order_acquire)) continue;
    {
      raw_guard guard(lock_);
      ++counts_[number];
    }
    take_waiters([number](const signal_waiter& w) { return w.number() == number; }, batch);
  }
}

signal_status signal_hub::poll(signal_waiter& waiter, const driver& owner, context& cx) noexcept {
  waker fresh;
  for (;;) {
    raw_guard guard(lock_);
    const bool arrived = counts_[waiter.number_] != waiter.seen_;
    // Under the lock: a shutdown sets its flag first, and then looks for waiters here.
    if (arrived || owner.is_shutdown()) {
      if (waiter.is_linked()) waiters().erase(waiter);
      waiter.registered_ = false;
      waiter.waker_.swap(fresh);  // dropped after the lock
      return arrived ? signal_status::arrived : signal_status::shut_down;
    }
    if (fresh.empty() && !waiter.waker_.will_wake(cx.waker())) {
      guard.unlock();
      fresh = keep(cx.waker());
      continue;
    }
    if (!fresh.empty()) waiter.waker_.swap(fresh);
    waiter.driver_ = &owner;
    waiter.registered_ = true;
    if (!waiter.is_linked()) waiters().push_back(waiter);
    return signal_status::pending;
  }
}

void signal_hub::cancel(signal_waiter& waiter) noexcept {
  if (!waiter.registered_) return;
  waker dropped;
  raw_guard guard(lock_);
  if (waiter.is_linked()) waiters().erase(waiter);
  waiter.registered_ = false;
  waiter.waker_.swap(dropped);
}

void signal_hub::wake_waiters_of(const driver& owner, wake_batch& batch) noexcept {
  take_waiters([&owner](const signal_waiter& w) { return w.driver_ == &owner; }, batch);
}

}  // namespace edo::inline v0::detail
