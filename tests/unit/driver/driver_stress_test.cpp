// Races with real threads, for TSan: bounded loops, no timing.
#include "edo/base/atomic.hpp"
#include "edo/driver/registration.hpp"

#include "unit/driver/support.hpp"

#include <memory>
#include <optional>
#include <thread>

namespace {

using namespace driver_test;
using edo::atomic;
using edo::memory_order_relaxed;
using edo::detail::driver;
using edo::detail::io_waiter;
using edo::detail::registration;
using edo::detail::timer_entry;
using edo::detail::timer_status;
using enum edo::detail::io_direction;

constexpr int rounds = edo::detail::thread_sanitizer ? 3'000 : 20'000;

// Each round: the other thread says "go" (relaxed: unpark alone makes it visible) and unparks; this
// one parks until it sees it. A lost unpark hangs the test.
TEST(driver_stress, no_unpark_is_lost) {
  const real_driver d;
  atomic<int> said{0};
  atomic<int> heard{0};
  std::thread other([&] {
    for (int round = 1; round <= rounds; ++round) {
      said.store(round, memory_order_relaxed);
      d.driver->unpark();
      while (heard.load(memory_order_relaxed) != round) std::this_thread::yield();
    }
  });
  for (int round = 1; round <= rounds; ++round) {
    while (said.load(memory_order_relaxed) != round) d.driver->park();
    heard.store(round, memory_order_relaxed);
  }
  other.join();
}

// What is written before an unpark is seen by the holder that takes the call: the data is plain.
TEST(driver_stress, an_unpark_publishes_what_came_before) {
  scripted_reactor events;
  edo::detail::park_gate gate(events);
  int data = 0;
  atomic<int> turn{0};
  std::thread other([&] {
    for (int round = 1; round <= rounds; ++round) {
      data = round;
      gate.unpark();
      // acquire: pairs with the release below; hands `data` back.
      while (turn.load(edo::memory_order_acquire) != round) std::this_thread::yield();
    }
  });
  for (int round = 1; round <= rounds; ++round) {
    while (gate.enter() && !gate.leave()) std::this_thread::yield();
    ASSERT_EQ(data, round);
    turn.store(round, edo::memory_order_release);
  }
  other.join();
}

// A timer is registered, then cancelled and destroyed while the driver fires it.
TEST(driver_stress, a_timer_may_die_while_it_fires) {
  const real_driver d;
  atomic<bool> stop{false};
  std::thread other([&] {
    const mock_waker waker;
    context cx(waker.waker());
    for (int round = 0; round < rounds; ++round) {
      const auto entry =
          std::make_unique<timer_entry>(d.driver->clock().now_ns() + round % 7 * 1000);
      if (d.driver->timers().poll(*entry, cx) == timer_status::elapsed) continue;
      if (round % 3 == 0) d.driver->timers().reset(*entry, d.driver->clock().now_ns() + 500);
      if (round % 2 == 0) static_cast<void>(d.driver->timers().poll(*entry, cx));
      d.driver->timers().cancel(*entry);
    }
    EXPECT_EQ(waker.live(), 0U);
    stop.store(true, memory_order_relaxed);
    d.driver->unpark();
  });
  while (!stop.load(memory_order_relaxed)) d.driver->park_timeout(0);
  other.join();
}

// Every timer that is waited for fires, whoever registered it, while the driver sleeps and wakes.
TEST(driver_stress, every_timer_wakes_its_waiter) {
  const real_driver d;
  atomic<int> left{2};
  const auto wait_for_many = [&] {
    const mock_waker waker;
    context cx(waker.waker());
    for (int round = 0; round < rounds / 100; ++round) {
      timer_entry entry(d.driver->clock().now_ns() + 1000 + round % 5 * 1000);
      while (d.driver->timers().poll(entry, cx) == timer_status::pending) {
        std::this_thread::yield();
      }
    }
    left.fetch_sub(1, memory_order_relaxed);
    d.driver->unpark();
  };
  std::thread one(wait_for_many), two(wait_for_many);
  while (left.load(memory_order_relaxed) != 0) d.driver->park();
  one.join();
  two.join();
}

// Descriptors come and go, and numbers and slots are used again, while the driver handles events.
TEST(driver_stress, descriptors_may_be_reused_while_events_arrive) {
  const real_driver d;
  atomic<int> left{2};
  const auto churn = [&] {
    const mock_waker waker;
    context cx(waker.waker());
    for (int round = 0; round < rounds / 10; ++round) {
      socket_pair pair;
      auto reg = registration::open(*d.driver, std::move(pair.a));
      if (!reg) {
        ADD_FAILURE() << reg.error().message();
        break;
      }
      std::optional<io_waiter> waiter(std::in_place);
      send_byte(pair.b.get());
      if (round % 2 == 0) {
        static_cast<void>(reg->poll_ready(*waiter, read, cx));
        if (round % 4 == 0) waiter.reset();
      } else {
        while (reg->poll_ready(*waiter, read, cx).is_pending()) std::this_thread::yield();
        EXPECT_EQ(receive(reg->fd()), 1);
      }
      waiter.reset();
    }
    EXPECT_EQ(waker.live(), 0U);
    left.fetch_sub(1, memory_order_relaxed);
    d.driver->unpark();
  };
  std::thread one(churn), two(churn);
  while (left.load(memory_order_relaxed) != 0) d.driver->park();
  one.join();
  two.join();
}

// The clear of a reader that drained races with the event for the next byte: no byte stays behind.
TEST(driver_stress, a_clear_never_loses_the_next_event) {
  const real_driver d;
  socket_pair pair;
  const auto reg = registration::open(*d.driver, std::move(pair.a));
  ASSERT_TRUE(reg);
  atomic<int> got{0};
  std::thread writer([&, peer = pair.b.get()] {
    for (int round = 0; round < rounds; ++round) {
      send_byte(peer);
      while (got.load(memory_order_relaxed) <= round) std::this_thread::yield();
    }
  });
  std::thread reader([&] {
    const mock_waker waker;
    context cx(waker.waker());
    io_waiter waiter;
    while (got.load(memory_order_relaxed) < rounds) {
      const auto ready = reg->poll_ready(waiter, read, cx);
      if (ready.is_pending()) {
        std::this_thread::yield();
        continue;
      }
      const ssize_t count = receive(reg->fd(), 64);
      if (count > 0) {
        reg->clear_drained(read, *ready.value());
        got.fetch_add(static_cast<int>(count), memory_order_relaxed);
      } else {
        reg->clear_would_block(read, *ready.value());
      }
    }
    d.driver->unpark();
  });
  while (got.load(memory_order_relaxed) < rounds) d.driver->park();
  writer.join();
  reader.join();
}

// Shutdown against everything that can begin meanwhile: whoever waits is told.
TEST(driver_stress, a_shutdown_reaches_who_is_just_beginning_to_wait) {
  for (int round = 0; round < rounds / 20; ++round) {
    const auto made = *driver::make();
    std::thread io([&] {
      const mock_waker waker;
      context cx(waker.waker());
      socket_pair pair;
      const auto reg = registration::open(*made, std::move(pair.a));
      if (!reg) return;
      io_waiter waiter;
      while (reg->poll_ready(waiter, read, cx).is_pending()) std::this_thread::yield();
    });
    std::thread timer([&] {
      const mock_waker waker;
      context cx(waker.waker());
      timer_entry entry(edo::detail::never_ns);
      while (made->timers().poll(entry, cx) == timer_status::pending) std::this_thread::yield();
    });
    made->shutdown();
    io.join();
    timer.join();
  }
}

}  // namespace
