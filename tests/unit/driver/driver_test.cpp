#include "driver/driver.hpp"

#include "edo/driver/registration.hpp"

#include "unit/driver/support.hpp"

#include <thread>

namespace {

using namespace driver_test;
using edo::detail::driver;
using edo::detail::driver_ref;
using edo::detail::timer_entry;
using edo::detail::timer_status;

timer_status poll_timer(driver& on, timer_entry& entry, const mock_waker& waker) {
  context cx(waker.waker());
  return on.timers().poll(entry, cx);
}

TEST(driver, one_thread_at_a_time_may_drive) {
  const auto made = *driver::make();
  EXPECT_TRUE(made->try_acquire());
  EXPECT_FALSE(made->try_acquire());
  made->release();
  EXPECT_TRUE(made->try_acquire());
  made->release();
}

TEST(driver, sleeps_for_ever_when_there_is_nothing_to_wait_for) {
  const scripted_driver d;
  d.driver->park();
  ASSERT_EQ(d.events->limits.size(), 1U);
  EXPECT_LT(d.events->limits[0], 0);
}

TEST(driver, does_not_sleep_when_it_is_only_polled) {
  const scripted_driver d;
  const auto held = d.driver->descriptors().acquire();  // a descriptor is registered
  ASSERT_TRUE(held.has_value());
  d.driver->poll();
  d.driver->park_timeout(-5);
  d.driver->park(d.in(-1));
  d.driver->park(d.in(0));
  EXPECT_EQ(d.events->limits, (std::vector<std::int64_t>{0, 0, 0, 0}));
  d.driver->descriptors().release(**held);
}

TEST(driver, a_poll_costs_no_system_call_while_nothing_is_registered) {
  const scripted_driver d;
  d.driver->poll();
  EXPECT_TRUE(d.events->limits.empty());
  const auto held = d.driver->descriptors().acquire();
  ASSERT_TRUE(held.has_value());
  d.driver->poll();
  EXPECT_EQ(d.events->limits.size(), 1U);
  d.driver->descriptors().release(**held);
  d.driver->poll();
  EXPECT_EQ(d.events->limits.size(), 1U);
}

TEST(driver, sleeps_until_the_first_timer_or_the_deadline) {
  const scripted_driver d;
  d.driver->clock().resume();
  const mock_waker waker;
  timer_entry entry(d.in(3600'000 * ms));
  EXPECT_EQ(poll_timer(*d.driver, entry, waker), timer_status::pending);
  d.driver->park();
  d.driver->park_timeout(1000 * ms);
  ASSERT_EQ(d.events->limits.size(), 2U);
  EXPECT_GT(d.events->limits[0], 3500'000 * ms);
  EXPECT_LE(d.events->limits[0], 3600'000 * ms);
  EXPECT_GT(d.events->limits[1], 0);
  EXPECT_LE(d.events->limits[1], 1000 * ms);
  d.driver->timers().cancel(entry);
}

TEST(driver, a_paused_clock_makes_no_timer_due_by_waiting) {
  const scripted_driver d;
  const mock_waker waker;
  timer_entry entry(d.in(ms));
  EXPECT_EQ(poll_timer(*d.driver, entry, waker), timer_status::pending);
  d.driver->park();
  EXPECT_LT(d.events->limits[0], 0);
  EXPECT_EQ(waker.wakes(), 0U);
  d.driver->timers().cancel(entry);
}

TEST(driver, an_unpark_before_the_park_is_not_lost_and_costs_no_system_call) {
  const scripted_driver d;
  d.driver->unpark();
  d.driver->unpark();
  EXPECT_EQ(d.events->wakes, 0);
  d.driver->park();
  EXPECT_EQ(d.events->limits[0], 0);  // looked, did not sleep
  d.driver->park();
  EXPECT_LT(d.events->limits[1], 0);  // one park for any number of unparks
}

TEST(driver, a_turn_without_sleep_leaves_an_unpark_for_the_next_with) {
  const scripted_driver d;
  d.driver->unpark();
  d.driver->park_timeout(0);
  d.driver->park();
  EXPECT_EQ(d.events->limits, (std::vector<std::int64_t>{0, 0}));
}

TEST(driver, an_unpark_during_the_sleep_wakes_the_reactor_once) {
  const scripted_driver d;
  d.events->during_wait = [&] {
    d.driver->unpark();
    d.driver->unpark();
  };
  d.driver->park();
  EXPECT_EQ(d.events->wakes, 1);
  d.events->during_wait = nullptr;
  d.driver->park();
  EXPECT_LT(d.events->limits[1], 0);
}

TEST(driver, a_stale_or_unknown_event_is_dropped) {
  const scripted_driver d;
  d.events->events = {{.key = {.slot = 3, .generation = 8}, .bits = ready_state::readable}};
  socket_pair pair;
  auto reg = edo::detail::registration::open(*d.driver, std::move(pair.a));
  ASSERT_TRUE(reg);
  const mock_waker waker;
  context cx(waker.waker());
  EXPECT_TRUE(reg->poll_ready(edo::detail::io_direction::read, cx).is_pending());
  edo::detail::event_key stale = d.events->added[0];
  stale.generation -= 2;
  d.events->events = {{.key = stale, .bits = ready_state::readable}};
  EXPECT_EQ(d.driver->poll(), 0U);
  d.events->events = {{.key = d.events->added[0], .bits = ready_state::readable}};
  EXPECT_EQ(d.driver->poll(), 1U);
  EXPECT_EQ(waker.wakes(), 1U);
}

TEST(driver, a_deregistered_descriptor_ignores_the_events_still_on_their_way) {
  const scripted_driver d;
  socket_pair pair, other;
  const mock_waker waker;
  context cx(waker.waker());
  {
    const auto reg = edo::detail::registration::open(*d.driver, std::move(pair.a));
    EXPECT_TRUE(reg->poll_ready(edo::detail::io_direction::read, cx).is_pending());
  }
  EXPECT_EQ(d.events->removed, d.events->added);
  const auto next = edo::detail::registration::open(*d.driver, std::move(other.a));
  EXPECT_TRUE(next->poll_ready(edo::detail::io_direction::read, cx).is_pending());
  EXPECT_EQ(d.events->added[0].slot, d.events->added[1].slot);
  d.events->events = {{.key = d.events->added[0], .bits = ready_state::readable}};
  EXPECT_EQ(d.driver->poll(), 0U);
  EXPECT_TRUE(next->poll_ready(edo::detail::io_direction::read, cx).is_pending());
}

TEST(driver, events_and_timers_come_in_one_turn) {
  const real_driver d;
  d.driver->clock().pause();
  socket_pair pair;
  const auto reg = edo::detail::registration::open(*d.driver, std::move(pair.a));
  d.driver->poll();
  const mock_waker waker;
  context cx(waker.waker());
  timer_entry entry(d.driver->clock().now_ns() + ms);
  EXPECT_EQ(d.driver->timers().poll(entry, cx), timer_status::pending);
  EXPECT_TRUE(reg->poll_ready(edo::detail::io_direction::read, cx).is_pending());
  send_byte(pair.b.get());
  d.driver->advance_clock(ms);
  EXPECT_EQ(d.driver->park(), 2U);
  EXPECT_EQ(d.driver->timers().poll(entry, cx), timer_status::elapsed);
}

TEST(driver, a_real_timer_ends_the_sleep_and_not_before_its_time) {
  const real_driver d;
  const mock_waker waker;
  const std::int64_t deadline = d.driver->clock().now_ns() + 2 * ms;
  timer_entry entry(deadline);
  EXPECT_EQ(poll_timer(*d.driver, entry, waker), timer_status::pending);
  int turns = 0;
  while (waker.wakes() == 0) {
    d.driver->park();
    ++turns;
  }
  EXPECT_GE(d.driver->clock().now_ns(), deadline);
  EXPECT_EQ(turns, 1);  // rounded up, so that it need not sleep twice
  EXPECT_EQ(poll_timer(*d.driver, entry, waker), timer_status::elapsed);
}

TEST(driver, a_timer_registered_elsewhere_wakes_a_sleeper_that_waits_for_ever) {
  const real_driver d;
  const mock_waker waker;
  timer_entry entry(0);
  std::thread other([&] {
    do {  // again, should this thread not run for so long that the deadline is over
      d.driver->timers().reset(entry, d.driver->clock().now_ns() + ms);
    } while (poll_timer(*d.driver, entry, waker) != timer_status::pending);
  });
  while (waker.wakes() == 0) d.driver->park();
  other.join();
  EXPECT_EQ(poll_timer(*d.driver, entry, waker), timer_status::elapsed);
}

TEST(driver, a_shutdown_wakes_the_sleeper_for_good) {
  const real_driver d;
  std::thread other([&] { d.driver->shutdown(); });
  while (!d.driver->is_shutdown()) d.driver->park();
  d.driver->park();  // does not sleep any more
  other.join();
  d.driver->shutdown();
}

TEST(driver, lives_as_long_as_anything_refers_to_it) {
  driver_ref last;
  {
    const auto made = *driver::make();
    last = driver_ref(*made);
    const driver_ref copy = last;
    EXPECT_EQ(copy.get(), made.get());
  }
  EXPECT_FALSE(last->is_shutdown());
  last->unpark();
}

}  // namespace
