// The workloads of benches/tasks.cpp for Asio, where it has them: the same arguments, the same line
// of output. Coroutines are asio::awaitable on a thread_pool; a batch is joined by a counter.
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/concurrent_channel.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using executor = asio::thread_pool::executor_type;
using asio::awaitable;
using asio::use_awaitable;
// This release cannot make a channel of the error alone.
using value_channel = asio::experimental::concurrent_channel<void(asio::error_code, long)>;

constexpr long batch = 10'000;
constexpr long crowd = 1000;

awaitable<void> nothing() { co_return; }

/// Counted by all who use it: the one who receives may be gone before the sender has left it.
struct countdown {
  countdown(executor on, long count) : end(on, 1), left(count) {}
  value_channel end;
  std::atomic<long> left;
};

/// Spawns `count` coroutines of `make(i)` and waits for all.
template <class Make>
awaitable<void> spawn_all(executor on, long count, Make make) {
  const auto all = std::make_shared<countdown>(on, count);
  for (long i = 0; i < count; ++i) {
    asio::co_spawn(on, make(i), [all](std::exception_ptr) {
      if (all->left.fetch_sub(1) == 1) all->end.try_send(asio::error_code(), 0L);
    });
  }
  co_await all->end.async_receive(use_awaitable);
}

awaitable<void> spawn_join(executor on, long count) {
  for (long done = 0; done < count; done += batch) {
    co_await spawn_all(on, batch, [](long) { return nothing(); });
  }
}

awaitable<void> one_by_one(executor on, long count) {
  for (long i = 0; i < count; ++i) co_await asio::co_spawn(on, nothing(), use_awaitable);
}

awaitable<void> link_of_chain(executor on, long left, std::shared_ptr<value_channel> end) {
  if (left == 0) {
    end->try_send(asio::error_code(), 0L);
  } else {
    asio::co_spawn(on, link_of_chain(on, left - 1, end), asio::detached);
  }
  co_return;
}

awaitable<void> chained_spawn(executor on, long count) {
  constexpr long depth = 1000;
  const auto end = std::make_shared<value_channel>(on, 1);
  for (long i = 0; i < count; i += depth) {
    asio::co_spawn(on, link_of_chain(on, depth - 1, end), asio::detached);
    co_await end->async_receive(use_awaitable);
  }
}

awaitable<void> yields(executor on, long count) {
  for (long i = 0; i < count; ++i) co_await asio::post(on, use_awaitable);
}

awaitable<void> pong(std::shared_ptr<value_channel> to, std::shared_ptr<value_channel> back) {
  co_await to->async_receive(use_awaitable);
  back->try_send(asio::error_code(), 0L);
}

awaitable<void> ping(executor on) {
  auto to = std::make_shared<value_channel>(on, 1);
  auto back = std::make_shared<value_channel>(on, 1);
  asio::co_spawn(on, pong(to, back), asio::detached);
  to->try_send(asio::error_code(), 0L);
  co_await back->async_receive(use_awaitable);
}

awaitable<void> ping_pong(executor on, long count) {
  for (long done = 0; done < count; done += crowd) {
    co_await spawn_all(on, crowd, [on](long) { return ping(on); });
  }
}

awaitable<long> deep(executor on, long depth, long count) {
  if (depth <= 1) {
    for (long i = 0; i < count; ++i) co_await asio::post(on, use_awaitable);
    co_return count;
  }
  const long got = co_await deep(on, depth - 1, count);
  co_return got;
}

awaitable<void> deep_await(executor on, long depth, long count) { co_await deep(on, depth, count); }

awaitable<void> blocking(long count) {
  asio::thread_pool pool(1);
  for (long i = 0; i < count; ++i) co_await asio::co_spawn(pool, nothing(), use_awaitable);
}

awaitable<long> fib(executor on, long n) {
  if (n < 2) co_return n;
  const auto first = std::make_shared<value_channel>(on, 1);
  asio::co_spawn(on, fib(on, n - 1), [first](std::exception_ptr, long value) {
    first->try_send(asio::error_code(), value);
  });
  const long second = co_await fib(on, n - 2);
  const long got = co_await first->async_receive(use_awaitable);
  co_return got + second;
}

awaitable<long> skynet(executor on, long number, long size) {
  if (size == 1) co_return number;
  const auto results = std::make_shared<value_channel>(on, 10);
  for (long i = 0; i < 10; ++i) {
    asio::co_spawn(on, skynet(on, number + i * (size / 10), size / 10),
                   [results](std::exception_ptr, long value) {
                     results->try_send(asio::error_code(), value);
                   });
  }
  long sum = 0;
  for (int i = 0; i < 10; ++i) sum += co_await results->async_receive(use_awaitable);
  co_return sum;
}

awaitable<void> run_fib(executor on, long n) { co_await fib(on, n); }
awaitable<void> run_skynet(executor on, long size) { co_await skynet(on, 0, size); }

long resident() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    long total = 0;
    if (std::fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return pages * ::sysconf(_SC_PAGESIZE);
}

awaitable<void> sleep_long(executor on) {
  asio::steady_timer timer(on, std::chrono::hours(1));
  co_await timer.async_wait(use_awaitable);
}

awaitable<void> idle(executor on, long count, long* bytes) {
  const long before = resident();
  for (long i = 0; i < count; ++i) asio::co_spawn(on, sleep_long(on), asio::detached);
  for (int i = 0; i < 100; ++i) co_await asio::post(on, use_awaitable);
  *bytes = (resident() - before) / count;
}

awaitable<void> set_children(executor on, long count) {
  for (long done = 0; done < count; done += batch) {
    co_await spawn_all(on, batch, [on](long) { return yields(on, 10); });
  }
}

/// False: Asio has no such workload.
bool run(asio::thread_pool& pool, const std::string& name, long size) {
  const executor on = pool.get_executor();
  const auto go = [&](awaitable<void> work) {
    asio::co_spawn(on, std::move(work), asio::use_future).get();
    return true;
  };
  if (name == "spawn_join") return go(spawn_join(on, size));
  if (name == "spawn_await_1by1") return go(one_by_one(on, size));
  if (name == "chained_spawn") return go(chained_spawn(on, size));
  if (name == "join_set_child") return go(set_children(on, size));
  if (name == "yield_now") {
    return go(spawn_all(on, crowd, [=](long) { return yields(on, size / crowd); }));
  }
  if (name == "ping_pong") return go(ping_pong(on, size));
  if (name.starts_with("deep_await_")) {
    return go(deep_await(on, std::atol(name.c_str() + std::strlen("deep_await_")), size));
  }
  if (name == "spawn_blocking") return go(blocking(size));
  if (name == "fib") return go(run_fib(on, size));
  if (name == "skynet") return go(run_skynet(on, size));
  if (name != "spawn_remote") return false;
  static std::atomic<long> left;
  for (long done = 0; done < size; done += batch) {
    left = batch;
    for (long i = 0; i < batch; ++i) {
      asio::co_spawn(on, nothing(), [](std::exception_ptr) {
        if (left.fetch_sub(1) == 1) left.notify_one();
      });
    }
    for (long now = left; now != 0; now = left) left.wait(now);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string name = argv[1];
  const long size = std::atol(argv[2]);
  const long workers = argc == 5 ? std::atol(argv[4]) : 2;
  if (size < 1 || workers < 1) return 2;
  asio::thread_pool pool(static_cast<std::size_t>(workers));
  if (name == "idle") {
    long bytes = 0;
    asio::co_spawn(pool, idle(pool.get_executor(), size, &bytes), asio::use_future).get();
    std::printf("1 %ld\n", bytes);
    std::fflush(stdout);
    std::_Exit(0);  // a million timers need not be taken down
  }
  const auto begin = std::chrono::steady_clock::now();
  if (!run(pool, name, size)) return 1;
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  const long operations = name == "fib" || name == "skynet" ? 1 : size;
  std::printf("%ld %.0f\n", operations, took.count());
  return 0;
}
