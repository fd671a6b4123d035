// What a task does with its future, its output and its references, polled by hand.
#include "task/harness.hpp"

#include "edo/base/error.hpp"
#include "edo/base/pool.hpp"

#include "task/state.hpp"
#include "unit/task/fake_scheduler.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace {

using edo_test::fake_scheduler;

struct counters {
  int polls = 0;
  int drops = 0;
  int outputs_alive = 0;
  edo::waker last_waker;
};

// An output that counts itself.
class counted {
 public:
  explicit counted(counters& c) noexcept : counters_(&c) { ++c.outputs_alive; }
  counted(counted&& other) noexcept : counters_(other.counters_) { ++counters_->outputs_alive; }
  counted& operator=(counted&&) = delete;
  ~counted() { --counters_->outputs_alive; }

 private:
  counters* counters_;
};

// Ready at its poll number `ready_at`; keeps the waker it was polled with last.
class scripted {
 public:
  scripted(counters& c, int ready_at) noexcept : counters_(&c), ready_at_(ready_at) {}
  scripted(scripted&& other) noexcept
      : counters_(std::exchange(other.counters_, nullptr)), ready_at_(other.ready_at_) {}
  scripted& operator=(scripted&&) = delete;
  ~scripted() {
    if (counters_ != nullptr) ++counters_->drops;
  }

  edo::poll_result<counted> poll(edo::context& cx) {
    counters_->last_waker = cx.waker();
    ++counters_->polls;
    if (++polls_ < ready_at_) return edo::pending;
    return counted(*counters_);
  }

 private:
  counters* counters_;
  int ready_at_;
  int polls_ = 0;
};

// Calls a function at each poll.
template <class Fn>
class calling {
 public:
  explicit calling(Fn fn) : fn_(std::move(fn)) {}
  auto poll(edo::context& cx) { return fn_(cx); }

 private:
  Fn fn_;
};

// Polls a handle once with a waker that does nothing.
template <class T>
std::optional<std::expected<T, edo::join_error>> poll_once(
    edo::join_handle<T>& handle, const edo::waker& waker = edo::waker::noop()) {
  edo::context cx(waker);
  auto result = handle.poll(cx);
  if (result.is_pending()) return std::nullopt;
  return std::optional<std::expected<T, edo::join_error>>(std::in_place, std::move(result).value());
}

// A waker that counts.
struct wake_counter {
  int wakes = 0;
  int refs = 1;
  static const edo::waker_vtable vtable;
  edo::waker waker() {
    ++refs;
    return {this, &vtable};
  }
};
constinit const edo::waker_vtable wake_counter::vtable{
    [](void* p) noexcept { ++static_cast<wake_counter*>(p)->refs; },
    [](void* p) noexcept {
      ++static_cast<wake_counter*>(p)->wakes;
      --static_cast<wake_counter*>(p)->refs;
    },
    [](void* p) noexcept { ++static_cast<wake_counter*>(p)->wakes; },
    [](void* p) noexcept { --static_cast<wake_counter*>(p)->refs; }};

TEST(task, a_spawned_future_runs_although_nobody_awaits_it) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  {
    const auto handle = scheduler->spawn(scripted(c, 1));
  }
  EXPECT_EQ(scheduler->run_all(), 1);
  EXPECT_EQ(c.polls, 1);
  EXPECT_EQ(c.drops, 1);
  EXPECT_EQ(c.outputs_alive, 0);
  EXPECT_TRUE(scheduler->owned.empty());
}

TEST(task, wakes_coalesce_into_one_poll) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  auto handle = scheduler->spawn(scripted(c, 3));
  EXPECT_EQ(scheduler->run_all(), 1);
  c.last_waker.wake_by_ref();
  c.last_waker.wake_by_ref();
  edo::waker(c.last_waker).wake();
  EXPECT_EQ(scheduler->queued(), 1U);
  EXPECT_EQ(scheduler->run_all(), 1);
  EXPECT_EQ(c.polls, 2);
  c.last_waker.wake_by_ref();
  scheduler->run_all();
  EXPECT_TRUE(handle.is_finished());
}

TEST(task, a_wake_inside_the_poll_causes_another_poll) {
  const auto scheduler = fake_scheduler::make();
  int polls = 0;
  auto handle = scheduler->spawn(calling([&](edo::context& cx) -> edo::poll_result<int> {
    if (++polls == 3) return 7;
    cx.waker().wake_by_ref();
    cx.waker().wake_by_ref();
    return edo::pending;
  }));
  EXPECT_EQ(scheduler->run_all(), 3);
  EXPECT_EQ(scheduler->gave_turn_count, 0);
  EXPECT_EQ(**poll_once(handle), 7);
}

TEST(task, a_wake_after_the_end_does_nothing) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  {
    const auto handle = scheduler->spawn(scripted(c, 1));
  }
  scheduler->run_all();
  c.last_waker.wake_by_ref();
  edo::waker(c.last_waker).wake();
  EXPECT_EQ(scheduler->queued(), 0U);
  EXPECT_EQ(c.polls, 1);
  c.last_waker = edo::waker();
}

TEST(task, a_spent_budget_gives_the_turn_away) {
  const auto scheduler = fake_scheduler::make();
  int charged = 0;
  auto handle = scheduler->spawn(calling([&](edo::context& cx) -> edo::poll_result<int> {
    while (charged < 200) {
      if (!cx.try_charge()) return edo::pending;
      ++charged;
    }
    return charged;
  }));
  scheduler->run(*scheduler->pop());
  EXPECT_EQ(charged, static_cast<int>(edo::detail::poll_budget));
  EXPECT_EQ(scheduler->gave_turn_count, 1);
  scheduler->run_all();
  EXPECT_EQ(**poll_once(handle), 200);
}

TEST(join_handle, gives_the_output_once) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  auto handle = scheduler->spawn(scripted(c, 1));
  EXPECT_FALSE(poll_once(handle));
  scheduler->run_all();
  EXPECT_EQ(c.outputs_alive, 1);
  {
    const auto output = poll_once(handle);
    ASSERT_TRUE(output);
    EXPECT_TRUE(output->has_value());
    EXPECT_EQ(c.outputs_alive, 1);
  }
  EXPECT_EQ(c.outputs_alive, 0);
  edo::context cx(edo::waker::noop());
  EXPECT_THROW((void)handle.poll(cx), edo::usage_error);
}

TEST(join_handle, dropping_it_after_the_end_destroys_the_output) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  {
    const auto handle = scheduler->spawn(scripted(c, 1));
    scheduler->run_all();
    EXPECT_EQ(c.outputs_alive, 1);
  }
  EXPECT_EQ(c.outputs_alive, 0);
}

TEST(join_handle, wakes_the_latest_waker_only) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  wake_counter first;
  wake_counter second;
  {
    auto handle = scheduler->spawn(scripted(c, 1));
    EXPECT_FALSE(poll_once(handle, first.waker()));
    EXPECT_FALSE(poll_once(handle, first.waker()));
    EXPECT_FALSE(poll_once(handle, second.waker()));
    scheduler->run_all();
    EXPECT_EQ(first.wakes, 0);
    EXPECT_EQ(second.wakes, 1);
    EXPECT_TRUE(poll_once(handle));
  }
  EXPECT_EQ(first.refs, 1);
  EXPECT_EQ(second.refs, 1);
}

TEST(join_handle, dropping_it_unpolled_or_waiting_leaves_no_waker_behind) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  wake_counter waiting;
  {
    auto handle = scheduler->spawn(scripted(c, 1));
    EXPECT_FALSE(poll_once(handle, waiting.waker()));
  }
  EXPECT_EQ(waiting.refs, 1);
  scheduler->run_all();
  EXPECT_EQ(waiting.wakes, 0);
  EXPECT_EQ(c.drops, 1);
}

TEST(join_handle, charges_the_budget_only_when_it_makes_progress) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  wake_counter waiter;
  auto handle = scheduler->spawn(scripted(c, 1));
  unsigned budget = 1;
  const edo::waker waker = waiter.waker();
  edo::context cx(waker, &budget);
  EXPECT_TRUE(handle.poll(cx).is_pending());
  EXPECT_EQ(budget, 1U);
  scheduler->run_all();
  budget = 0;
  EXPECT_TRUE(handle.poll(cx).is_pending());
  EXPECT_EQ(waiter.wakes, 2);  // by the task, and by the charge
  budget = 1;
  EXPECT_TRUE(handle.poll(cx).is_ready());
  EXPECT_EQ(budget, 0U);
}

TEST(task, an_exception_reaches_the_handle_and_nobody_else) {
  const auto scheduler = fake_scheduler::make();
  auto handle = scheduler->spawn(calling(
      [](edo::context&) -> edo::poll_result<int> { throw std::runtime_error("the reason"); }));
  EXPECT_EQ(scheduler->run_all(), 1);
  auto output = poll_once(handle);
  ASSERT_TRUE(output);
  ASSERT_FALSE(output->has_value());
  const edo::join_error error = output->error();
  EXPECT_TRUE(error.is_exception());
  EXPECT_FALSE(error.is_cancelled());
  EXPECT_EQ(error.id(), handle.id());
  EXPECT_EQ(error.message(),
            "task " + std::to_string(handle.id().value()) + " ended with an exception: the reason");
  EXPECT_THROW(error.rethrow(), std::runtime_error);
}

TEST(task, an_exception_that_nobody_sees_is_printed_with_the_spawn_line) {
  const auto scheduler = fake_scheduler::make();
  const auto thrower = [](edo::context&) -> edo::poll_result<int> {
    throw std::runtime_error("unseen");
  };
  testing::internal::CaptureStderr();
  {
    const auto dropped_first = scheduler->spawn(calling(thrower));
  }
  scheduler->run_all();
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("unseen"), std::string::npos) << text;
  EXPECT_NE(text.find("harness_test.cpp:"), std::string::npos) << text;
  testing::internal::CaptureStderr();
  {
    const auto dropped_last = scheduler->spawn(calling(thrower));
    scheduler->run_all();
  }
  text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("unseen"), std::string::npos) << text;
  testing::internal::CaptureStderr();
  {
    auto seen = scheduler->spawn(calling(thrower));
    scheduler->run_all();
    EXPECT_TRUE(poll_once(seen));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(task, an_output_whose_move_throws_becomes_the_error) {
  struct bad_move {
    explicit bad_move(int* left) noexcept : moves_left(left) {}
    bad_move(bad_move&& other) : moves_left(other.moves_left) {
      if (--*moves_left < 0) throw std::runtime_error("move");
    }
    bad_move& operator=(bad_move&&) = delete;
    ~bad_move() = default;
    int* moves_left;
  };
  const auto scheduler = fake_scheduler::make();
  int moves_left = 1;
  auto handle = scheduler->spawn(calling([&](edo::context&) -> edo::poll_result<bad_move> {
    return edo::poll_result<bad_move>(std::in_place, bad_move(&moves_left));
  }));
  scheduler->run_all();
  EXPECT_TRUE(handle.is_finished());
  EXPECT_TRUE(poll_once(handle)->error().is_exception());
}

TEST(abort, before_the_first_poll_the_future_is_never_polled) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  auto handle = scheduler->spawn(scripted(c, 1));
  handle.abort();
  EXPECT_EQ(c.drops, 0);  // not here: in the scheduler
  EXPECT_EQ(scheduler->run_all(), 1);
  EXPECT_EQ(c.polls, 0);
  EXPECT_EQ(c.drops, 1);
  const auto output = poll_once(handle);
  EXPECT_TRUE(output->error().is_cancelled());
  EXPECT_EQ(output->error().message(),
            "task " + std::to_string(handle.id().value()) + " was cancelled");
  EXPECT_EQ(make_error_code(output->error()), edo::errc::cancelled);
  EXPECT_THROW(output->error().rethrow(), std::system_error);
}

TEST(abort, of_a_parked_task_destroys_it_at_its_next_turn) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  auto handle = scheduler->spawn(scripted(c, 2));
  scheduler->run_all();
  const edo::abort_handle aborter = handle.abort_handle();
  const edo::abort_handle copy = aborter;
  aborter.abort();
  copy.abort();
  EXPECT_FALSE(aborter.is_finished());
  EXPECT_EQ(scheduler->run_all(), 1);
  EXPECT_TRUE(copy.is_finished());
  EXPECT_EQ(c.polls, 1);
  EXPECT_EQ(c.drops, 1);
  EXPECT_TRUE(poll_once(handle)->error().is_cancelled());
}

TEST(abort, inside_the_own_poll_takes_effect_at_the_suspension) {
  const auto scheduler = fake_scheduler::make();
  std::optional<edo::abort_handle> self;
  bool went_on = false;
  auto handle = scheduler->spawn(calling([&](edo::context&) -> edo::poll_result<int> {
    self->abort();
    went_on = true;
    return edo::pending;
  }));
  self.emplace(handle.abort_handle());
  EXPECT_EQ(scheduler->run_all(), 1);
  EXPECT_TRUE(went_on);
  EXPECT_TRUE(poll_once(handle)->error().is_cancelled());
}

TEST(abort, of_a_finished_task_changes_nothing) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  auto handle = scheduler->spawn(scripted(c, 1));
  scheduler->run_all();
  handle.abort();
  EXPECT_EQ(scheduler->queued(), 0U);
  EXPECT_TRUE(poll_once(handle)->has_value());
}

TEST(join_handle, of_the_task_itself_gives_an_error) {
  const auto scheduler = fake_scheduler::make();
  edo::join_handle<int> own;
  std::string what;
  own = scheduler->spawn(calling([&](edo::context& cx) -> edo::poll_result<int> {
    auto result = own.poll(cx);
    EXPECT_TRUE(result.is_ready());
    try {
      result.value().error().rethrow();
    } catch (const edo::usage_error& e) {
      EXPECT_EQ(e.code(), edo::usage::own_handle);
      what = e.what();
    }
    return 1;
  }));
  scheduler->run_all();
  EXPECT_NE(what.find("EDO-E0011"), std::string::npos);
  EXPECT_EQ(**poll_once(own), 1);
}

TEST(task_id, is_seen_in_the_body_and_in_destructors_and_nowhere_else) {
  struct id_at_death {
    explicit id_at_death(std::optional<edo::task_id>& out) noexcept : seen(&out) {}
    id_at_death(id_at_death&& other) noexcept : seen(std::exchange(other.seen, nullptr)) {}
    id_at_death& operator=(id_at_death&&) = delete;
    ~id_at_death() {
      if (seen != nullptr) *seen = edo::this_task::try_id();
    }
    std::optional<edo::task_id>* seen;
  };
  const auto scheduler = fake_scheduler::make();
  std::optional<edo::task_id> in_body;
  std::optional<edo::task_id> in_destructor;
  EXPECT_EQ(edo::this_task::try_id(), std::nullopt);
  EXPECT_THROW((void)edo::this_task::id(), edo::usage_error);
  auto handle = scheduler->spawn(calling(
      [&in_body, guard = id_at_death(in_destructor)](edo::context&) -> edo::poll_result<int> {
        in_body = edo::this_task::id();
        return edo::pending;
      }));
  scheduler->run_all();
  handle.abort();
  scheduler->run_all();
  EXPECT_EQ(in_body, handle.id());
  EXPECT_EQ(in_destructor, handle.id());
}

TEST(owned_list, shutdown_destroys_each_task_once_and_wakes_its_joiner) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  wake_counter waiter;
  std::vector<edo::join_handle<counted>> handles;
  for (int i = 0; i < 200; ++i) handles.push_back(scheduler->spawn(scripted(c, 2)));
  for (int i = 0; i < 100; ++i) scheduler->run(*scheduler->pop());  // half are parked
  EXPECT_FALSE(poll_once(handles[0], waiter.waker()));
  scheduler->owned.close();
  scheduler->owned.shut_down(INT64_MAX);
  EXPECT_EQ(c.drops, 200);
  EXPECT_EQ(waiter.wakes, 1);
  EXPECT_TRUE(scheduler->owned.empty());
  EXPECT_EQ(scheduler->run_all(), 100);  // stale runnable references do nothing
  EXPECT_EQ(c.polls, 100);
  for (auto& handle : handles) EXPECT_TRUE(poll_once(handle)->error().is_cancelled());
  c.last_waker = edo::waker();
}

TEST(owned_list, a_spawn_after_close_gives_a_cancelled_handle) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  scheduler->owned.close();
  auto handle = scheduler->spawn(scripted(c, 1));
  EXPECT_EQ(c.drops, 1);
  EXPECT_TRUE(handle.is_finished());
  EXPECT_TRUE(poll_once(handle)->error().is_cancelled());
}

TEST(owned_list, a_task_that_runs_is_told_and_ends_after_its_poll) {
  const auto scheduler = fake_scheduler::make();
  auto handle = scheduler->spawn(calling([&](edo::context&) -> edo::poll_result<int> {
    scheduler->owned.close();
    scheduler->owned.shut_down(INT64_MAX);
    EXPECT_FALSE(scheduler->owned.empty());
    return edo::pending;
  }));
  scheduler->run_all();
  EXPECT_TRUE(scheduler->owned.empty());
  EXPECT_TRUE(poll_once(handle)->error().is_cancelled());
}

TEST(owned_list, a_task_woken_by_a_destructor_during_shutdown_is_harmless) {
  struct wakes_at_death {
    edo::waker* other;
    ~wakes_at_death() {
      if (other != nullptr) other->wake_by_ref();
    }
    explicit wakes_at_death(edo::waker& w) noexcept : other(&w) {}
    wakes_at_death(wakes_at_death&& o) noexcept : other(std::exchange(o.other, nullptr)) {}
    wakes_at_death& operator=(wakes_at_death&&) = delete;
  };
  const auto scheduler = fake_scheduler::make();
  edo::waker first;
  edo::waker second;
  const auto parked = [](edo::waker& own, edo::waker& other) {
    return calling(
        [&own, guard = wakes_at_death(other)](edo::context& cx) -> edo::poll_result<int> {
          own = cx.waker();
          return edo::pending;
        });
  };
  auto a = scheduler->spawn(parked(first, second));
  auto b = scheduler->spawn(parked(second, first));
  scheduler->run_all();
  scheduler->owned.close();
  scheduler->owned.shut_down(INT64_MAX);
  EXPECT_TRUE(a.is_finished());
  EXPECT_TRUE(b.is_finished());
  scheduler->run_all();
}

TEST(task, a_claimed_task_is_polled_after_the_claim_if_it_was_woken) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  auto handle = scheduler->spawn(scripted(c, 2));
  scheduler->run_all();
  edo::detail::task_header* task = nullptr;
  scheduler->owned.for_each([&](edo::detail::task_header& t) { task = &t; });
  ASSERT_TRUE(edo::detail::task_state::claim(task->word));
  c.last_waker.wake_by_ref();
  EXPECT_EQ(scheduler->queued(), 0U);
  edo::detail::unclaim_task(*task);
  EXPECT_EQ(scheduler->run_all(), 1);
  EXPECT_TRUE(poll_once(handle)->has_value());
  c.last_waker = edo::waker();
}

TEST(task, steady_spawning_takes_no_memory_from_the_system) {
  const auto scheduler = fake_scheduler::make();
  counters c;
  const auto round = [&] {
    for (int i = 0; i < 8; ++i) (void)scheduler->spawn(scripted(c, 1));
    scheduler->run_all();
    c.last_waker = edo::waker();
  };
  round();
  const edo::pool_stats before = edo::frame_pool_stats();
  for (int i = 0; i < 100; ++i) round();
  const edo::pool_stats after = edo::frame_pool_stats();
  EXPECT_EQ(after.allocations - before.allocations, 800U);
  if (!edo::detail::address_sanitizer) {
    EXPECT_EQ(after.system_blocks, before.system_blocks);
  }
  EXPECT_EQ(after.live_bytes, before.live_bytes);
}

TEST(task, a_coroutine_costs_128_bytes_and_its_frame) {
  EXPECT_EQ(sizeof(edo::detail::task_header), 80U);
}

}  // namespace
