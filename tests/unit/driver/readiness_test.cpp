#include "driver/readiness.hpp"

#include "unit/driver/support.hpp"

#include <deque>
#include <optional>

namespace {

using namespace driver_test;
using edo::poll_result;
using edo::detail::io_direction;
using edo::detail::io_waiter;
using edo::detail::readiness;
using edo::detail::wake_batch;
using enum edo::detail::io_direction;

class readiness_test : public testing::Test {
 protected:
  readiness_test() { key = place.open(0); }
  ~readiness_test() override {
    if (place.generation() == key) place.close();
  }

  std::size_t event(std::uint32_t bits) {
    wake_batch batch;
    EXPECT_TRUE(place.set_ready(key, bits, batch));
    batch.wake_all();
    return batch.total();
  }
  poll_result<ready_state> poll(io_waiter& waiter, io_direction direction, const mock_waker& by) {
    context cx(by.waker());
    return place.poll(waiter, direction, cx);
  }
  poll_result<ready_state> poll(io_direction direction, const mock_waker& by) {
    context cx(by.waker());
    return place.poll(direction, cx);
  }

  readiness place;
  std::uint32_t key = 0;
  mock_waker mock;
};

TEST_F(readiness_test, an_event_wakes_the_waiters_of_its_direction) {
  io_waiter reader, writer;
  const mock_waker other;
  EXPECT_TRUE(poll(reader, read, mock).is_pending());
  EXPECT_TRUE(poll(writer, write, other).is_pending());
  EXPECT_EQ(event(ready_state::readable), 1U);
  EXPECT_EQ(mock.wakes(), 1U);
  EXPECT_EQ(other.wakes(), 0U);
  EXPECT_TRUE(poll(reader, read, mock).is_ready());
  EXPECT_TRUE(poll(writer, write, other).is_pending());
  EXPECT_EQ(event(ready_state::writable), 1U);
  EXPECT_EQ(other.wakes(), 1U);
}

TEST_F(readiness_test, all_waiters_of_a_direction_are_woken_however_many) {
  std::deque<io_waiter> waiters(100);
  for (io_waiter& waiter : waiters) EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  EXPECT_EQ(event(ready_state::readable), 100U);
  for (io_waiter& waiter : waiters) EXPECT_TRUE(poll(waiter, read, mock).is_ready());
  EXPECT_EQ(mock.live(), 0U);
}

TEST_F(readiness_test, a_destroyed_waiter_is_unlinked_and_its_waker_dropped) {
  std::optional<io_waiter> first(std::in_place), second(std::in_place);
  const mock_waker other;
  EXPECT_TRUE(poll(*first, read, mock).is_pending());
  EXPECT_TRUE(poll(*second, read, other).is_pending());
  first.reset();
  EXPECT_EQ(mock.live(), 0U);
  EXPECT_EQ(event(ready_state::readable), 1U);
  EXPECT_EQ(mock.wakes(), 0U);
  EXPECT_EQ(other.wakes(), 1U);
}

TEST_F(readiness_test, the_same_waiter_keeps_one_place_and_the_latest_waker) {
  io_waiter waiter;
  const mock_waker later;
  EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  EXPECT_EQ(mock.clones(), 1U);
  EXPECT_TRUE(poll(waiter, read, later).is_pending());
  EXPECT_EQ(mock.live(), 0U);
  EXPECT_EQ(event(ready_state::readable), 1U);
  EXPECT_EQ(later.wakes(), 1U);
}

TEST_F(readiness_test, the_slot_of_a_direction_belongs_to_the_last_poller) {
  const mock_waker later;
  EXPECT_TRUE(poll(read, mock).is_pending());
  EXPECT_TRUE(poll(read, mock).is_pending());
  EXPECT_EQ(mock.live(), 1U);
  EXPECT_TRUE(poll(read, later).is_pending());
  EXPECT_EQ(mock.live(), 0U);
  EXPECT_EQ(event(ready_state::readable | ready_state::writable), 1U);
  EXPECT_EQ(later.wakes(), 1U);
  EXPECT_TRUE(poll(read, later).is_ready());
  EXPECT_TRUE(poll(write, later).is_ready());
}

TEST_F(readiness_test, a_clear_with_the_state_seen_makes_it_pending_again) {
  io_waiter waiter;
  event(ready_state::readable | ready_state::writable);
  const ready_state seen = poll(waiter, read, mock).value();
  place.clear(ready_state::readable, seen);
  EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  EXPECT_TRUE(poll(write, mock).is_ready());  // the other direction stays
}

TEST_F(readiness_test, a_clear_never_loses_a_newer_event) {
  io_waiter waiter;
  event(ready_state::readable);
  const ready_state seen = poll(waiter, read, mock).value();
  event(ready_state::readable);  // between the system call and the clear
  place.clear(ready_state::readable, seen);
  EXPECT_TRUE(poll(waiter, read, mock).is_ready());
}

TEST_F(readiness_test, the_tick_wraps_without_touching_the_generation) {
  wake_batch batch;
  for (int i = 0; i < (1 << 24) + 5; ++i) {
    if (!place.set_ready(key, ready_state::readable, batch)) FAIL() << "stale after " << i;
  }
  EXPECT_EQ(place.generation(), key);
  EXPECT_EQ(poll(read, mock).value().tick(), 5U);
}

TEST_F(readiness_test, closed_directions_are_ready_for_good) {
  event(ready_state::read_closed | ready_state::readable);
  const ready_state seen = poll(read, mock).value();
  place.clear(ready_state::readable, seen);
  EXPECT_TRUE(poll(read, mock).is_ready());
  EXPECT_TRUE(poll(write, mock).is_pending());
}

TEST_F(readiness_test, an_event_of_an_earlier_owner_is_discarded) {
  place.close();
  wake_batch batch;
  EXPECT_FALSE(place.set_ready(key, ready_state::readable, batch));  // nobody owns it
  const std::uint32_t next = place.open(0);
  EXPECT_NE(next, key);
  EXPECT_TRUE(poll(read, mock).is_pending());
  EXPECT_FALSE(place.set_ready(key, ready_state::readable, batch));  // another owns it
  EXPECT_TRUE(poll(read, mock).is_pending());
  EXPECT_EQ(batch.total(), 0U);
  EXPECT_EQ(mock.wakes(), 0U);
  key = next;
}

TEST_F(readiness_test, closing_forgets_every_waker_and_wakes_waiters_that_are_left) {
  io_waiter waiter;
  const mock_waker slot;
  EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  EXPECT_TRUE(poll(write, slot).is_pending());
  place.close();
  EXPECT_EQ(mock.wakes(), 1U);
  EXPECT_EQ(slot.wakes(), 0U);
  EXPECT_EQ(slot.live(), 0U);
}

TEST_F(readiness_test, a_shutdown_wakes_everyone_and_shows) {
  io_waiter reader, writer;
  EXPECT_TRUE(poll(reader, read, mock).is_pending());
  EXPECT_TRUE(poll(writer, write, mock).is_pending());
  EXPECT_TRUE(poll(read, mock).is_pending());
  wake_batch batch;
  place.shut_down(batch);
  batch.wake_all();
  EXPECT_EQ(mock.wakes(), 3U);
  EXPECT_TRUE(poll(reader, read, mock).value().has(ready_state::shut_down));
  EXPECT_TRUE(poll(write, mock).value().has(ready_state::shut_down));
}

TEST_F(readiness_test, a_waiter_that_moves_while_it_waits_gives_its_place_up) {
  io_waiter waiter;
  EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  io_waiter moved(std::move(waiter));
  EXPECT_EQ(mock.live(), 0U);
  EXPECT_TRUE(poll(moved, read, mock).is_pending());
  EXPECT_EQ(event(ready_state::readable), 1U);
}

TEST_F(readiness_test, a_waiter_may_turn_to_another_descriptor_and_direction) {
  readiness other;
  other.open(1);
  io_waiter waiter;
  EXPECT_TRUE(poll(waiter, read, mock).is_pending());
  context cx(mock.waker());
  EXPECT_TRUE(other.poll(waiter, write, cx).is_pending());
  EXPECT_EQ(event(ready_state::readable), 0U);
  EXPECT_EQ(mock.wakes(), 0U);
  other.close();
  EXPECT_EQ(mock.wakes(), 1U);
}

}  // namespace
