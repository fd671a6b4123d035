#include "edo/future/atomic_waker.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace edo::tests {
namespace {

struct count {
  atomic<int> wakes{0};
  atomic<int> references{0};
};

count& of(void* data) { return *static_cast<count*>(data); }

// relaxed, here and below: counters, read after the threads have been joined.
constexpr waker_vtable counting_vtable{
    [](void* d) noexcept { of(d).references.fetch_add(1, memory_order_relaxed); },
    [](void* d) noexcept {
      of(d).wakes.fetch_add(1, memory_order_relaxed);
      of(d).references.fetch_sub(1, memory_order_relaxed);
    },
    [](void* d) noexcept { of(d).wakes.fetch_add(1, memory_order_relaxed); },
    [](void* d) noexcept { of(d).references.fetch_sub(1, memory_order_relaxed); }};

waker counting(count& c) {
  c.references.fetch_add(1, memory_order_relaxed);
  return {&c, &counting_vtable};
}

int wakes(const count& c) { return c.wakes.load(memory_order_relaxed); }

TEST(atomic_waker, wakes_what_was_registered_once) {
  count c;
  {
    atomic_waker cell;
    cell.wake();
    cell.register_waker(counting(c));
    EXPECT_EQ(wakes(c), 0);
    cell.wake();
    cell.wake();
    EXPECT_EQ(wakes(c), 1);
  }
  EXPECT_EQ(c.references.load(memory_order_relaxed), 0);
}

TEST(atomic_waker, wakes_only_the_latest_registration) {
  count first;
  count second;
  {
    atomic_waker cell;
    cell.register_waker(counting(first));
    cell.register_waker(counting(second));
    cell.wake();
  }
  EXPECT_EQ(wakes(first), 0);
  EXPECT_EQ(wakes(second), 1);
  EXPECT_EQ(first.references.load(memory_order_relaxed), 0);
}

TEST(atomic_waker, taking_gives_the_waker_away_without_waking) {
  count c;
  atomic_waker cell;
  cell.register_waker(counting(c));
  waker taken = cell.take();
  EXPECT_EQ(wakes(c), 0);
  EXPECT_FALSE(taken.empty());
  EXPECT_TRUE(cell.take().empty());
  std::move(taken).wake();
  EXPECT_EQ(wakes(c), 1);
  EXPECT_EQ(c.references.load(memory_order_relaxed), 0);
}

TEST(atomic_waker, no_event_is_missed_while_threads_race) {
  // The consumer registers and then looks; producers raise the event and then wake. A consumer that
  // saw no event must be woken: it waits for that, and would wait for ever if one got lost.
  constexpr int rounds = 20'000;
  constexpr int producers = 2;
  for (int round = 0; round < 4; ++round) {
    count c;
    atomic_waker cell;
    atomic<int> events{0};
    {
      std::thread threads[producers];
      for (std::thread& t : threads) {
        t = std::thread([&] {
          for (int i = 0; i < rounds; ++i) {
            // relaxed: the waker's own order must make it visible.
            events.fetch_add(1, memory_order_relaxed);
            cell.wake();
          }
        });
      }
      int seen = 0;
      int handled = 0;
      while (handled < rounds * producers) {
        cell.register_waker(counting(c));
        handled = events.load(memory_order_relaxed);
        if (handled == rounds * producers) break;
        while (wakes(c) == seen) std::this_thread::yield();
        seen = wakes(c);
      }
      for (std::thread& t : threads) t.join();
    }
    EXPECT_EQ(events.load(memory_order_relaxed), rounds * producers);
    {
      const waker left = cell.take();
    }
    EXPECT_EQ(c.references.load(memory_order_relaxed), 0);
  }
}

}  // namespace
}  // namespace edo::tests
