// What an await costs: the workloads of the instruction-count tests (tests/cost/instructions.py),
// which runs this under callgrind at two sizes and divides the difference.
//
//   await_cost call_chain N        N awaits of a child that completes at once
//   await_cost deep_await DEPTH N  N wakes of a leaf below DEPTH coroutines
//   await_cost nested N            N awaits of a child that awaits another
//   await_cost                     all of them, timed
//
// Figures: docs/benchmarks.md.
#include "edo/future/async.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

/// Pending `wakes` times, waking itself each time.
struct self_wake {
  long wakes;
  edo::poll_result<void> poll(edo::context& cx) {
    if (wakes-- == 0) return edo::done;
    cx.waker().wake_by_ref();
    return edo::pending;
  }
};

edo::async<long> leaf(long value) { co_return value; }

edo::async<long> call_chain(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await leaf(1);
  co_return sum;
}

edo::async<long> inner(long value) { co_return value; }

edo::async<long> middle(long value) {
  const long got = co_await inner(value);
  co_return got;
}

edo::async<long> nested(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await middle(1);
  co_return sum;
}

edo::async<long> deep(long depth, long wakes) {
  if (depth <= 1) {
    // One leaf each time, as a socket or a channel would be awaited in a loop.
    for (long i = 0; i < wakes; ++i) co_await self_wake{1};
    co_return wakes;
  }
  const long got = co_await deep(depth - 1, wakes);
  co_return got;
}

/// Polls until ready; the waker does nothing, since the leaf is always ready to be polled again.
long drive(edo::async<long> work) {
  auto future = edo::into_future(std::move(work));
  edo::context cx(edo::waker::noop());
  for (;;) {
    auto polled = future.poll(cx);
    if (polled.is_ready()) return polled.value();
  }
}

/// Nanoseconds for each of `count` operations; the best of five runs, since all noise is additive.
template <class Fn, class... Args>
double nanoseconds(long count, Fn coroutine, Args... args) {
  double best = 0;
  for (int run = 0; run < 5; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    drive(coroutine(args...));
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    const double each = took.count() / static_cast<double>(count);
    if (run == 0 || each < best) best = each;
  }
  return best;
}

int print_table() {
  constexpr long count = 1'000'000;
  std::printf("await of a child that completes at once  %7.1f ns\n",
              nanoseconds(count, call_chain, count));
  std::printf("the same, two levels                     %7.1f ns\n",
              nanoseconds(count, nested, count));
  for (const long depth : {1L, 8L, 64L, 256L, 4096L}) {
    std::printf("wake of a leaf at await depth %4ld       %7.1f ns\n", depth,
                nanoseconds(count, deep, depth, count));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index) { return argc > index ? std::atol(argv[index]) : 0; };
  const char* what = argc > 1 ? argv[1] : "";
  if (argc == 1) return print_table();
  long result = 0;
  if (std::strcmp(what, "call_chain") == 0) {
    result = drive(call_chain(number(2)));
  } else if (std::strcmp(what, "nested") == 0) {
    result = drive(nested(number(2)));
  } else if (std::strcmp(what, "deep_await") == 0) {
    result = drive(deep(number(2), number(3)));
  } else {
    std::fprintf(stderr, "usage: await_cost [call_chain N | nested N | deep_await DEPTH N]\n");
    return 2;
  }
  std::printf("%ld\n", result);
  return 0;
}
