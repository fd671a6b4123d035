// What a child of a join_set costs, against a task with a join handle; to be run under callgrind at
// two sizes.
//
//   join_set_cost set N YIELDS [WORKERS]      N rounds of 1,000 children, each of which yields so
//                                             often, joined as they end
//   join_set_cost handles N YIELDS [WORKERS]  the same with a vector of join handles
//   join_set_cost tracker N YIELDS [WORKERS]  the same with a task_tracker: counted, not joined
//   join_set_cost                             all of them, timed
//
// Without WORKERS, or with 0, on a current-thread runtime. Rounds, so that the frame pool has what
// it needs after the first one.
#include "edo/future/async.hpp"
#include "edo/runtime/builder.hpp"
#include "edo/runtime/join_set.hpp"
#include "edo/runtime/runtime.hpp"
#include "edo/runtime/spawn.hpp"
#include "edo/runtime/task_tracker.hpp"
#include "edo/runtime/yield_now.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace {

edo::async<long> child(long value, long yields) {
  for (long i = 0; i < yields; ++i) co_await edo::yield_now();
  co_return value;
}

constexpr long children = 1'000;

edo::async<long> with_set(long count, long yields) {
  edo::join_set<long> set;
  for (long i = 0; i < count; ++i) set.spawn(child(1, yields));
  long sum = 0;
  for (;;) {
    auto next = co_await set.join_next();
    if (!next) break;
    sum += next->value();
  }
  co_return sum;
}

edo::async<long> with_handles(long count, long yields) {
  std::vector<edo::join_handle<long>> handles;
  handles.reserve(static_cast<std::size_t>(count));
  for (long i = 0; i < count; ++i) handles.push_back(edo::spawn(child(1, yields)));
  long sum = 0;
  for (auto& handle : handles) {
    auto ended = co_await handle;
    sum += ended.value();
  }
  co_return sum;
}

edo::async<long> with_tracker(long count, long yields) {
  const edo::task_tracker tracker;
  for (long i = 0; i < count; ++i) tracker.spawn(child(1, yields));
  tracker.close();
  co_await tracker.wait();
  co_return count;
}

using workload = edo::async<long> (*)(long count, long yields);

workload find(const char* name) {
  if (std::strcmp(name, "set") == 0) return &with_set;
  if (std::strcmp(name, "handles") == 0) return &with_handles;
  if (std::strcmp(name, "tracker") == 0) return &with_tracker;
  return nullptr;
}

edo::async<long> in_rounds(workload work, long rounds, long count, long yields) {
  long sum = 0;
  for (long i = 0; i < rounds; ++i) sum += co_await work(count, yields);
  co_return sum;
}

long run(workload work, long rounds, long count, long yields, long workers) {
  auto builder =
      workers == 0
          ? edo::runtime_builder::current_thread()
          : edo::runtime_builder::multi_thread().worker_threads(static_cast<std::size_t>(workers));
  auto rt = builder.build();
  if (!rt) return -1;
  auto root = rt->spawn(in_rounds(work, rounds, count, yields));
  const auto ended = rt->block_on(root);
  return ended.value();
}

/// Microseconds for each child; the best of five runs.
double microseconds(workload work, long workers) {
  constexpr long count = 10'000;
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run(work, 1, count, 10, workers);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    const double each = took.count() / static_cast<double>(count);
    if (i == 0 || each < best) best = each;
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    std::printf("10,000 children, 10 yields each: microseconds for each child\n");
    for (const char* name : {"set", "handles", "tracker"}) {
      std::printf("%-8s current-thread %6.2f   2 workers %6.2f\n", name,
                  microseconds(find(name), 0), microseconds(find(name), 2));
    }
    return 0;
  }
  const auto number = [&](int index) { return argc > index ? std::atol(argv[index]) : 0; };
  const workload work = find(argv[1]);
  if (work == nullptr || argc < 4) {
    std::fprintf(stderr, "usage: join_set_cost [set|handles|tracker N YIELDS [WORKERS]]\n");
    return 2;
  }
  std::printf("%ld\n", run(work, number(2), children, number(3), number(4)));
  return 0;
}
