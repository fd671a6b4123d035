/// Counts this program's socket calls, and makes them fail, at the boundary of the system: the
/// test program defines recv, send and accept4 itself, and every caller in it gets those.
#pragma once

#include <cstdint>

namespace net_test {

enum class call : std::uint8_t { recv, send, accept4 };

/// How many calls since the beginning, and how many of them said EAGAIN.
[[nodiscard]] std::uint64_t calls_of(call which);
[[nodiscard]] std::uint64_t would_blocks_of(call which);

/// The next `times` calls fail with `error`, without asking the system.
void fail_next(call which, int error, unsigned times);
/// How many of those failures are still to come; forgets them.
unsigned stop_failing(call which);

/// The next `times` calls of `send` and `recv` move at most `bytes_max`.
void shorten_next(call which, std::uint64_t bytes_max, unsigned times);

/// The calls of one kind since this was made.
class call_counter {
 public:
  explicit call_counter(call which)
      : which_(which), calls_(calls_of(which)), would_blocks_(would_blocks_of(which)) {}

  [[nodiscard]] std::uint64_t calls() const { return calls_of(which_) - calls_; }
  [[nodiscard]] std::uint64_t would_blocks() const {
    return would_blocks_of(which_) - would_blocks_;
  }

 private:
  call which_;
  std::uint64_t calls_;
  std::uint64_t would_blocks_;
};

}  // namespace net_test
