// What tasks cost: the workloads that tools/bench.py runs beside the peers' (benches/peers/).
//
//   tasks WORKLOAD SIZE [--workers N]    prints: operations nanoseconds
//
// spawn_join, spawn_remote, spawn_await_1by1, chained_spawn, yield_now, self_wake, ping_pong,
// deep_await_DEPTH, join_set_child, spawn_blocking, fib, skynet, idle (prints
// bytes of memory for each task instead of nanoseconds). docs/benchmarks.md says what each does.
#include "edo/edo.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

edo::async<void> nothing() { co_return; }

edo::async<void> spawn_join(long count) {
  constexpr long batch = 10'000;
  std::vector<edo::join_handle<void>> handles;
  handles.reserve(batch);
  for (long done = 0; done < count; done += batch) {
    for (long i = 0; i < batch; ++i) handles.push_back(edo::spawn(nothing()));
    for (auto& handle : handles) static_cast<void>(co_await handle);
    handles.clear();
  }
}

edo::async<void> one_by_one(long count) {
  for (long i = 0; i < count; ++i) {
    auto handle = edo::spawn(nothing());
    static_cast<void>(co_await handle);
  }
}

edo::async<void> yields(long count) {
  for (long i = 0; i < count; ++i) co_await edo::yield_now();
}

edo::async<void> set_children(long count) {
  constexpr long batch = 10'000;
  for (long done = 0; done < count; done += batch) {
    edo::join_set<void> set;
    for (long i = 0; i < batch; ++i) set.spawn(yields(10));
    while (co_await set.join_next()) {
    }
  }
}

// The last link tells the one who waits for the chain.
edo::async<void> link_of_chain(long left, edo::oneshot::sender<void> end) {
  if (left == 0) {
    static_cast<void>(std::move(end).send());
  } else {
    static_cast<void>(edo::spawn(link_of_chain(left - 1, std::move(end))));
  }
  co_return;
}

edo::async<void> chained_spawn(long count) {
  constexpr long depth = 1000;
  for (long i = 0; i < count; i += depth) {
    auto [tx, rx] = edo::oneshot::channel<void>();
    static_cast<void>(edo::spawn(link_of_chain(depth - 1, std::move(tx))));
    static_cast<void>(co_await rx);
  }
}

struct self_waking {
  long left;
  edo::poll_result<void> poll(edo::context& cx) {
    if (left-- == 0) return edo::done;
    cx.waker().wake_by_ref();
    return edo::pending;
  }
};

constexpr long crowd = 1000;

template <class Make>
edo::async<void> in_a_crowd(long count, Make make) {
  std::vector<edo::join_handle<void>> handles;
  handles.reserve(crowd);
  for (long i = 0; i < crowd; ++i) handles.push_back(edo::spawn(make(count / crowd)));
  for (auto& handle : handles) static_cast<void>(co_await handle);
}

edo::async<void> pong(edo::oneshot::receiver<void> ping, edo::oneshot::sender<void> back) {
  static_cast<void>(co_await ping);
  static_cast<void>(std::move(back).send());
}

edo::async<void> ping() {
  auto [ping_tx, ping_rx] = edo::oneshot::channel<void>();
  auto [pong_tx, pong_rx] = edo::oneshot::channel<void>();
  static_cast<void>(edo::spawn(pong(std::move(ping_rx), std::move(pong_tx))));
  static_cast<void>(std::move(ping_tx).send());
  static_cast<void>(co_await pong_rx);
}

edo::async<void> ping_pong(long count) {
  std::vector<edo::join_handle<void>> handles;
  for (long done = 0; done < count; done += crowd) {
    handles.clear();
    for (long i = 0; i < crowd; ++i) handles.push_back(edo::spawn(ping()));
    for (auto& handle : handles) static_cast<void>(co_await handle);
  }
}

edo::async<long> deep(long depth, long count) {
  if (depth <= 1) {
    for (long i = 0; i < count; ++i) co_await self_waking{1};
    co_return count;
  }
  const long got = co_await deep(depth - 1, count);
  co_return got;
}

edo::async<void> deep_await(long depth, long count) {
  static_cast<void>(co_await deep(depth, count));
}

edo::async<void> blocking(long count) {
  for (long i = 0; i < count; ++i) {
    auto job = edo::spawn_blocking([] {});
    static_cast<void>(co_await job);
  }
}

edo::async<long> fib(long n) {
  if (n < 2) co_return n;
  auto first = edo::spawn(fib(n - 1));
  const long second = co_await fib(n - 2);
  const auto got = co_await first;
  co_return *got + second;
}

edo::async<long> skynet(long number, long size) {
  if (size == 1) co_return number;
  std::vector<edo::join_handle<long>> children;
  children.reserve(10);
  for (long i = 0; i < 10; ++i) {
    children.push_back(edo::spawn(skynet(number + i * (size / 10), size / 10)));
  }
  long sum = 0;
  for (auto& child : children) {
    const auto got = co_await child;
    sum += *got;
  }
  co_return sum;
}

edo::async<void> run_fib(long n) { static_cast<void>(co_await fib(n)); }
edo::async<void> run_skynet(long size) { static_cast<void>(co_await skynet(0, size)); }

// Bytes of memory that the process has now.
long resident() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    long total = 0;
    if (std::fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return pages * ::sysconf(_SC_PAGESIZE);
}

edo::async<void> sleep_long() { co_await edo::sleep(std::chrono::hours(1)); }

edo::async<long> idle(long count) {
  std::vector<edo::join_handle<void>> handles(static_cast<std::size_t>(count));
  const long before = resident();
  for (auto& handle : handles) handle = edo::spawn(sleep_long());
  co_await edo::yield_now();
  const long after = resident();
  co_return (after - before) / count;
}

long number_after(const std::string& text, const char* prefix) {
  return std::atol(text.c_str() + std::strlen(prefix));
}

// The workload as one coroutine, or an invalid one.
edo::async<void> workload(std::string name, long size) {
  if (name == "spawn_join") co_await spawn_join(size);
  if (name == "spawn_await_1by1") co_await one_by_one(size);
  if (name == "join_set_child") co_await set_children(size);
  if (name == "chained_spawn") co_await chained_spawn(size);
  if (name == "yield_now") co_await in_a_crowd(size, &yields);
  if (name == "self_wake") co_await in_a_crowd(size, [](long n) { return self_waking{n}; });
  if (name == "ping_pong") co_await ping_pong(size);
  if (name.starts_with("deep_await_")) {
    co_await deep_await(number_after(name, "deep_await_"), size);
  }
  if (name == "spawn_blocking") co_await blocking(size);
  if (name == "fib") co_await run_fib(size);
  if (name == "skynet") co_await run_skynet(size);
}

void spawn_remote(edo::runtime& runtime, long count) {
  constexpr long batch = 10'000;
  std::vector<edo::join_handle<void>> handles;
  handles.reserve(batch);
  for (long done = 0; done < count; done += batch) {
    for (long i = 0; i < batch; ++i) handles.push_back(runtime.spawn(nothing()));
    for (auto& handle : handles) static_cast<void>(runtime.block_on(handle));
    handles.clear();
  }
}

int usage() {
  std::fprintf(stderr, "usage: tasks WORKLOAD SIZE [--workers N]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return usage();
  const std::string name = argv[1];
  const long size = std::atol(argv[2]);
  long workers = 2;
  if (argc == 5 && std::strcmp(argv[3], "--workers") == 0) workers = std::atol(argv[4]);
  if (size < 1 || workers < 1) return usage();
  auto built = edo::runtime_builder::multi_thread()
                   .worker_threads(static_cast<std::size_t>(workers))
                   .build();
  if (!built) return 1;
  edo::runtime& runtime = *built;
  if (name == "idle") {
    auto task = runtime.spawn(idle(size));
    std::printf("%ld %ld\n", 1L, *runtime.block_on(task));
    return 0;
  }
  const auto begin = clock_type::now();
  if (name == "spawn_remote") {
    spawn_remote(runtime, size);
  } else {
    auto task = runtime.spawn(workload(name, size));
    if (!runtime.block_on(task)) return 1;
  }
  const std::chrono::duration<double, std::nano> took = clock_type::now() - begin;
  const long operations = name == "fib" || name == "skynet" ? 1 : size;
  std::printf("%ld %.0f\n", operations, took.count());
  return 0;
}
