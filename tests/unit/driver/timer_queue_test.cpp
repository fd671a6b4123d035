#include "driver/timer_queue.hpp"

#include "unit/driver/support.hpp"

#include <deque>

namespace {

using namespace driver_test;
using edo::detail::never_ns;
using edo::detail::timer_entry;
using edo::detail::timer_queue;
using edo::detail::timer_status;

class timer_queue_test : public testing::Test {
 protected:
  timer_status poll(timer_entry& entry, const mock_waker& by) {
    context cx(by.waker());
    return timers.poll(entry, cx);
  }

  scripted_driver d;
  timer_queue& timers = d.driver->timers();
  mock_waker waker;
};

TEST_F(timer_queue_test, a_deadline_in_the_past_has_elapsed_at_the_first_poll) {
  timer_entry past(d.in(-1)), now(d.in(0)), start(INT64_MIN);
  EXPECT_EQ(poll(past, waker), timer_status::elapsed);
  EXPECT_EQ(poll(now, waker), timer_status::elapsed);
  EXPECT_EQ(poll(start, waker), timer_status::elapsed);
  EXPECT_FALSE(past.is_registered());
  EXPECT_EQ(waker.clones(), 0U);
}

TEST_F(timer_queue_test, fires_at_its_deadline_and_not_a_nanosecond_before) {
  timer_entry entry(d.in(5 * ms));
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  EXPECT_EQ(d.pass(5 * ms - 1), 0U);
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  EXPECT_EQ(d.pass(1), 1U);
  EXPECT_EQ(waker.wakes(), 1U);
  EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
  EXPECT_EQ(waker.live(), 0U);
  EXPECT_FALSE(entry.is_registered());
}

TEST_F(timer_queue_test, wakes_the_waker_of_the_latest_poll_only) {
  timer_entry entry(d.in(ms));
  const mock_waker later;
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  EXPECT_EQ(poll(entry, later), timer_status::pending);
  EXPECT_EQ(waker.live(), 0U);
  d.pass(ms);
  EXPECT_EQ(waker.wakes(), 0U);
  EXPECT_EQ(later.wakes(), 1U);
}

TEST_F(timer_queue_test, a_poll_with_the_same_waker_clones_nothing) {
  timer_entry entry(d.in(ms));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(poll(entry, waker), timer_status::pending);
  EXPECT_EQ(waker.clones(), 1U);
  timers.cancel(entry);
}

TEST_F(timer_queue_test, a_poll_with_an_empty_waker_waits_and_wakes_nobody) {
  timer_entry entry(d.in(ms));
  const edo::waker empty;
  context cx(empty);
  EXPECT_EQ(timers.poll(entry, cx), timer_status::pending);
  EXPECT_EQ(timers.poll(entry, cx), timer_status::pending);
  d.pass(ms);
  EXPECT_EQ(timers.poll(entry, cx), timer_status::elapsed);
}

TEST_F(timer_queue_test, a_cancelled_entry_drops_its_waker_and_never_fires) {
  {
    timer_entry entry(d.in(ms));
    EXPECT_EQ(poll(entry, waker), timer_status::pending);
    timers.cancel(entry);
    EXPECT_FALSE(entry.is_registered());
    timers.cancel(entry);
  }
  EXPECT_EQ(waker.live(), 0U);
  d.pass(2 * ms);
  EXPECT_EQ(waker.wakes(), 0U);
}

TEST_F(timer_queue_test, never_never_fires_even_at_the_end_of_time) {
  timer_entry entry(never_ns);
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  d.pass(INT64_MAX);
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  EXPECT_EQ(waker.wakes(), 0U);
  timers.cancel(entry);
}

TEST_F(timer_queue_test, reset_moves_a_waiting_deadline_both_ways_and_keeps_the_waker) {
  timer_entry entry(d.in(5 * ms));
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  timers.reset(entry, d.in(10 * ms));
  d.pass(5 * ms);
  EXPECT_EQ(waker.wakes(), 0U);
  timers.reset(entry, d.in(ms));
  d.pass(ms);
  EXPECT_EQ(waker.wakes(), 1U);
  EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
}

TEST_F(timer_queue_test, reset_into_the_past_fires_at_the_next_turn) {
  timer_entry entry(d.in(5 * ms));
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  timers.reset(entry, d.in(-ms));
  EXPECT_EQ(d.driver->poll(), 1U);
  EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
}

TEST_F(timer_queue_test, reset_after_firing_waits_again_seen_or_unseen) {
  timer_entry entry(d.in(ms));
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  d.pass(ms);
  timers.reset(entry, d.in(ms));  // fired, not yet seen
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  d.pass(ms);
  EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
  timers.reset(entry, d.in(ms));  // fired and seen
  EXPECT_EQ(poll(entry, waker), timer_status::pending);
  d.pass(ms);
  EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
  EXPECT_EQ(waker.wakes(), 3U);
}

TEST_F(timer_queue_test, reset_before_the_first_poll_registers_nothing) {
  timer_entry entry(d.in(ms));
  timers.reset(entry, d.in(2 * ms));
  EXPECT_FALSE(entry.is_registered());
  EXPECT_EQ(entry.deadline_ns(), d.in(2 * ms));
}

TEST_F(timer_queue_test, more_timers_than_a_batch_fire_in_one_turn) {
  std::deque<timer_entry> entries;
  for (int i = 0; i < 100; ++i) {
    entries.emplace_back(d.in(ms + i % 3));
    EXPECT_EQ(poll(entries.back(), waker), timer_status::pending);
  }
  EXPECT_EQ(d.pass(2 * ms), 100U);
  EXPECT_EQ(waker.wakes(), 100U);
  for (timer_entry& entry : entries) EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
}

TEST_F(timer_queue_test, shutdown_wakes_all_and_later_polls_say_so) {
  std::deque<timer_entry> entries;
  for (int i = 0; i < 70; ++i) {
    entries.emplace_back(i == 0 ? never_ns : d.in(i * ms));
    EXPECT_EQ(poll(entries.back(), waker), timer_status::pending);
  }
  d.driver->shutdown();
  EXPECT_EQ(waker.wakes(), 70U);
  EXPECT_EQ(waker.live(), 0U);
  for (timer_entry& entry : entries) EXPECT_EQ(poll(entry, waker), timer_status::shut_down);
  timer_entry late(d.in(ms)), past(d.in(-ms));
  EXPECT_EQ(poll(late, waker), timer_status::shut_down);
  EXPECT_EQ(poll(past, waker), timer_status::shut_down);
  EXPECT_EQ(waker.live(), 0U);
}

TEST_F(timer_queue_test, a_waker_may_use_the_queue) {
  // It registers another timer from inside its wake: impossible if a lock were held.
  struct reentrant {
    timer_queue& timers;
    timer_entry other;
    mock_waker inner;
  } state{timers, timer_entry(d.in(7 * ms)), {}};
  static constexpr auto wake = [](void* p) noexcept {
    auto& s = *static_cast<reentrant*>(p);
    context cx(s.inner.waker());
    EXPECT_EQ(s.timers.poll(s.other, cx), timer_status::pending);
  };
  static constexpr edo::waker_vtable vtable{[](void*) noexcept {}, wake, wake,
                                            [](void*) noexcept {}};
  const edo::waker waker_of_it(&state, &vtable);
  timer_entry entry(d.in(ms));
  context cx(waker_of_it);
  EXPECT_EQ(timers.poll(entry, cx), timer_status::pending);
  d.pass(ms);
  EXPECT_TRUE(state.other.is_registered());
  d.pass(6 * ms);
  EXPECT_EQ(state.inner.wakes(), 1U);
  EXPECT_EQ(poll(entry, waker), timer_status::elapsed);
}

// What the driver's sleep costs: one call of the reactor's wake, and only for an earlier deadline.
TEST_F(timer_queue_test, only_an_earlier_deadline_unparks_a_sleeping_driver) {
  timer_entry first(d.in(10 * ms)), later(d.in(20 * ms)), earlier(d.in(5 * ms)), same(d.in(5 * ms));
  EXPECT_EQ(poll(first, waker), timer_status::pending);
  EXPECT_EQ(d.events->wakes, 0);  // nobody sleeps
  d.events->during_wait = [&] {
    EXPECT_EQ(poll(later, waker), timer_status::pending);
    EXPECT_EQ(d.events->wakes, 0);
    EXPECT_EQ(poll(earlier, waker), timer_status::pending);
    EXPECT_EQ(d.events->wakes, 1);
    EXPECT_EQ(poll(same, waker), timer_status::pending);
    timers.reset(later, d.in(ms));
    EXPECT_EQ(d.events->wakes, 1);  // it was called already
  };
  d.driver->park();
  for (timer_entry* entry : {&first, &later, &earlier, &same}) timers.cancel(*entry);
}

TEST_F(timer_queue_test, a_hundred_registrations_in_falling_order_cost_one_wake) {
  std::deque<timer_entry> entries;
  d.events->during_wait = [&] {
    for (int i = 100; i > 0; --i) {
      entries.emplace_back(d.in(i * ms));
      EXPECT_EQ(poll(entries.back(), waker), timer_status::pending);
    }
  };
  d.driver->park();
  EXPECT_EQ(d.events->wakes, 1);
  for (timer_entry& entry : entries) timers.cancel(entry);
}

}  // namespace
