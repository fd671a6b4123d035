#include "unit/net/system_calls.hpp"

#include "edo/base/atomic.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// A sanitizer has its own versions, and must go on seeing the calls: it orders threads by them.
extern "C" {
ssize_t __interceptor_recv(int, void*, std::size_t, int) __attribute__((weak));
ssize_t __interceptor_send(int, const void*, std::size_t, int) __attribute__((weak));
int __interceptor_accept4(int, sockaddr*, socklen_t*, int) __attribute__((weak));
}

namespace net_test {
namespace {

struct one_call {
  edo::atomic<std::uint64_t> calls{0};
  edo::atomic<std::uint64_t> would_blocks{0};
  edo::atomic<unsigned> failures{0};
  edo::atomic<int> error{0};
  edo::atomic<unsigned> shortened{0};
  edo::atomic<std::uint64_t> bytes_max{0};
};

constinit one_call all[3];

one_call& at(call which) { return all[static_cast<unsigned>(which)]; }

bool take_one(edo::atomic<unsigned>& count) {
  // relaxed throughout: tests set these while nobody calls.
  unsigned left = count.load(edo::memory_order_relaxed);
  while (left != 0) {
    if (count.compare_exchange_weak(left, left - 1, edo::memory_order_relaxed,
                                    edo::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

/// True: the call fails, with errno set.
bool begins_to_fail(call which) {
  one_call& c = at(which);
  c.calls.fetch_add(1, edo::memory_order_relaxed);
  if (!take_one(c.failures)) return false;
  errno = c.error.load(edo::memory_order_relaxed);
  return true;
}

template <class Count>
Count note(call which, Count returned) {
  if (returned == -1 && errno == EAGAIN) {
    at(which).would_blocks.fetch_add(1, edo::memory_order_relaxed);
  }
  return returned;
}

std::size_t allowed(call which, std::size_t asked) {
  one_call& c = at(which);
  if (!take_one(c.shortened)) return asked;
  return std::min<std::size_t>(asked, c.bytes_max.load(edo::memory_order_relaxed));
}

}  // namespace

std::uint64_t calls_of(call which) { return at(which).calls.load(edo::memory_order_relaxed); }
std::uint64_t would_blocks_of(call which) {
  return at(which).would_blocks.load(edo::memory_order_relaxed);
}

void fail_next(call which, int error, unsigned times) {
  at(which).error.store(error, edo::memory_order_relaxed);
  at(which).failures.store(times, edo::memory_order_relaxed);
}
unsigned stop_failing(call which) {
  return at(which).failures.exchange(0, edo::memory_order_relaxed);
}

void shorten_next(call which, std::uint64_t bytes_max, unsigned times) {
  at(which).bytes_max.store(bytes_max, edo::memory_order_relaxed);
  at(which).shortened.store(times, edo::memory_order_relaxed);
}

}  // namespace net_test

using net_test::call;

extern "C" {

[[gnu::visibility("default")]] ssize_t recv(int fd, void* into, std::size_t size, int flags) {
  if (net_test::begins_to_fail(call::recv)) return -1;
  const std::size_t room = net_test::allowed(call::recv, size);
  if (__interceptor_recv != nullptr) {
    return net_test::note(call::recv, __interceptor_recv(fd, into, room, flags));
  }
  return net_test::note(call::recv,
                        ::syscall(SYS_recvfrom, fd, into, room, flags, nullptr, nullptr));
}

[[gnu::visibility("default")]] ssize_t send(int fd, const void* from, std::size_t size, int flags) {
  if (net_test::begins_to_fail(call::send)) return -1;
  const std::size_t room = net_test::allowed(call::send, size);
  if (__interceptor_send != nullptr) {
    return net_test::note(call::send, __interceptor_send(fd, from, room, flags));
  }
  return net_test::note(call::send, ::syscall(SYS_sendto, fd, from, room, flags, nullptr, 0));
}

[[gnu::visibility("default")]] int accept4(int fd, sockaddr* addr, socklen_t* length, int flags) {
  if (net_test::begins_to_fail(call::accept4)) return -1;
  if (__interceptor_accept4 != nullptr) {
    return net_test::note(call::accept4, __interceptor_accept4(fd, addr, length, flags));
  }
  return net_test::note(call::accept4,
                        static_cast<int>(::syscall(SYS_accept4, fd, addr, length, flags)));
}

}  // extern "C"
