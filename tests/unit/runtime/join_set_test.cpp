// Sets of tasks on each flavour of runtime: joining, aborting, detaching, waking.
#include "edo/runtime/join_set.hpp"

#include "edo/base/error.hpp"
#include "edo/base/pool.hpp"
#include "edo/future/join.hpp"
#include "edo/future/select.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/task.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using edo_test::flag;

class join_set : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, join_set, edo_test::all_flavours, edo_test::flavour_name);

edo::async<int> value_after(int value, int yields) {
  for (int i = 0; i < yields; ++i) co_await edo::yield_now();
  co_return value;
}

edo::async<int> throws_after(int yields) {
  for (int i = 0; i < yields; ++i) co_await edo::yield_now();
  throw std::runtime_error("bad");
}

/// Ready when the flag is set; the token dies with the task.
edo::async<int> waits_for(std::shared_ptr<flag> go, int value, edo::test::drop_counter::token) {
  co_await go->wait();
  co_return value;
}

edo::async<int> never(edo::test::drop_counter::token) {
  co_await edo::pending_forever<void>();
  co_return 0;
}

edo::async<void> yields(int n) {
  for (int i = 0; i < n; ++i) co_await edo::yield_now();
}

TEST_P(join_set, gives_each_child_once_and_then_nothing) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<std::multiset<int>> {
    edo::join_set<int> set;
    for (int i = 0; i < 1000; ++i) set.spawn(value_after(i, i % 4));
    std::multiset<int> seen;
    for (;;) {
      auto next = co_await set.join_next();
      if (!next) break;
      seen.insert(next->value());
    }
    EXPECT_TRUE(set.is_empty());
    co_return seen;
  };
  const std::multiset<int> seen = rt.block_on(body());
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), 1000U);
}

TEST_P(join_set, an_empty_set_gives_nothing_at_once) {
  edo::runtime rt = make();
  edo::join_set<int> set;
  auto next = edo::test::spawn(set.join_next());
  EXPECT_FALSE(EDO_CHECK_READY(next.poll()).has_value());
  EXPECT_FALSE(set.try_join_next().has_value());
  EXPECT_FALSE(set.try_join_next_with_id().has_value());
  set.abort_all();
  set.detach_all();
  auto all = edo::test::spawn(set.join_all());
  EXPECT_TRUE(EDO_CHECK_READY(all.poll()).empty());
  auto down = edo::test::spawn(set.shutdown());
  EDO_CHECK_READY(down.poll());
}

TEST_P(join_set, gives_children_in_the_order_in_which_they_end) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<std::vector<int>> {
    edo::test::drop_counter drops;
    edo::join_set<int> set;
    std::vector<std::shared_ptr<flag>> go;
    for (int i = 0; i < 3; ++i) {
      go.push_back(std::make_shared<flag>());
      set.spawn(waits_for(go.back(), i, drops.make()));
    }
    std::vector<int> order;
    for (const std::size_t i : {2U, 0U, 1U}) {
      go[i]->set();
      auto next = co_await set.join_next();
      order.push_back(next->value());
    }
    co_return order;
  };
  EXPECT_EQ(rt.block_on(body()), (std::vector<int>{2, 0, 1}));
}

TEST_P(join_set, a_child_that_threw_and_one_that_was_aborted_do_not_disturb_the_others) {
  edo::runtime rt = make();
  edo::test::drop_counter drops;
  const auto body = [&]() -> edo::async<void> {
    edo::join_set<int> set;
    set.spawn(value_after(1, 3));
    const edo::task_id threw = set.spawn(throws_after(2)).id();
    const edo::abort_handle stopped = set.spawn(never(drops.make()));
    stopped.abort();
    int good = 0;
    for (int i = 0; i < 3; ++i) {
      auto next = co_await set.join_next_with_id();
      const auto& [id, result] = *next;
      if (result) {
        ++good;
        EXPECT_EQ(*result, 1);
      } else if (id == threw) {
        EXPECT_TRUE(result.error().is_exception());
        EXPECT_EQ(result.error().id(), threw);
      } else {
        EXPECT_EQ(id, stopped.id());
        EXPECT_TRUE(result.error().is_cancelled());
      }
    }
    EXPECT_EQ(good, 1);
    EXPECT_EQ(set.size(), 0U);
  };
  rt.block_on(body());
  EXPECT_EQ(drops.drops(), 1U);
}

TEST_P(join_set, a_wait_that_loses_a_select_loses_no_child) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    edo::join_set<int> set;
    for (int i = 0; i < 100; ++i) set.spawn(value_after(1, i % 7));
    int sum = 0;
    while (!set.is_empty()) {
      auto first = co_await edo::select(set.join_next(), edo::yield_now());
      if (first.index() == 0) sum += edo::get<0>(std::move(first))->value();
    }
    co_return sum;
  };
  EXPECT_EQ(rt.block_on(body()), 100);
}

TEST_P(join_set, a_thousand_finished_children_cannot_be_joined_in_one_poll) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    edo::join_set<int> set;
    std::vector<edo::abort_handle> handles;
    for (int i = 0; i < 1000; ++i) handles.push_back(set.spawn(value_after(i, 0)));
    for (const auto& h : handles) {
      while (!h.is_finished()) co_await edo::yield_now();
    }
    struct draining {
      edo::join_set<int>* set;
      int* polls;
      edo::poll_result<void> poll(edo::context& cx) {
        ++*polls;
        for (;;) {
          auto next = set->poll_join_next(cx);
          if (next.is_pending()) return edo::pending;
          if (!next.value()) return edo::done;
        }
      }
    };
    int polls = 0;
    co_await draining{&set, &polls};
    co_return polls;
  };
  auto in_task = rt.spawn(body);
  EXPECT_GE(*rt.block_on(in_task), 1000 / 128);
}

TEST_P(join_set, dropping_the_set_aborts_its_children) {
  edo::runtime rt = make();
  edo::test::drop_counter drops;
  const auto body = [&]() -> edo::async<void> {
    edo::join_set<int> set;
    for (int i = 0; i < 20; ++i) set.spawn(never(drops.make()));
    co_await edo::yield_now();
  };
  rt.block_on(body());
  const auto all_gone = [&]() -> edo::async<void> {
    while (drops.live() != 0) co_await edo::yield_now();
  };
  rt.block_on(all_gone());
  EXPECT_EQ(drops.drops(), 20U);
}

TEST_P(join_set, detached_children_go_on) {
  edo::runtime rt = make();
  flag done;
  const auto body = [&]() -> edo::async<void> {
    edo::join_set<> set;
    set.spawn([&done]() -> edo::async<void> {
      for (int i = 0; i < 5; ++i) co_await edo::yield_now();
      done.set();
    });
    set.detach_all();
    EXPECT_TRUE(set.is_empty());
    auto none = co_await set.join_next();
    EXPECT_FALSE(none.has_value());
  };
  rt.block_on(body());
  rt.block_on(done.wait());
  EXPECT_TRUE(done.is_set());
}

TEST_P(join_set, a_set_can_be_used_again_after_detaching_and_after_shutdown) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    edo::join_set<int> set;
    set.spawn(value_after(1, 1));
    set.detach_all();
    set.spawn(value_after(2, 1));
    co_await set.shutdown();
    EXPECT_TRUE(set.is_empty());
    set.spawn(value_after(3, 1));
    auto next = co_await set.join_next();
    co_return next->value();
  };
  EXPECT_EQ(rt.block_on(body()), 3);
}

TEST_P(join_set, shutdown_ends_when_all_children_have_been_destroyed) {
  edo::runtime rt = make();
  edo::test::drop_counter drops;
  const auto body = [&]() -> edo::async<unsigned> {
    edo::join_set<int> set;
    for (int i = 0; i < 300; ++i) set.spawn(never(drops.make()));
    co_await edo::yield_now();
    co_await set.shutdown();
    EXPECT_TRUE(set.is_empty());
    co_return drops.drops();
  };
  EXPECT_EQ(rt.block_on(body()), 300U);
}

TEST_P(join_set, join_all_gives_every_output) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<std::vector<int>> {
    edo::join_set<int> set;
    for (int i = 0; i < 200; ++i) set.spawn(value_after(i, i % 3));
    auto all = co_await set.join_all();
    co_return all;
  };
  const std::vector<int> all = rt.block_on(body());
  EXPECT_EQ(all.size(), 200U);
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), 200U);
  const auto nothing = []() -> edo::async<bool> {
    edo::join_set<> set;
    for (int i = 0; i < 10; ++i) set.spawn(yields(i));
    co_await set.join_all();
    co_return set.is_empty();
  };
  EXPECT_TRUE(rt.block_on(nothing()));
}

TEST_P(join_set, join_all_rethrows_the_first_error_and_aborts_the_others) {
  edo::runtime rt = make();
  edo::test::drop_counter drops;
  edo::join_set<int> set;
  const auto body = [&]() -> edo::async<std::vector<int>> {
    set.spawn(value_after(1, 0));
    set.spawn(throws_after(1));
    set.spawn(never(drops.make()));
    auto all = co_await set.join_all();
    co_return all;
  };
  EXPECT_THROW((void)rt.block_on(body()), std::runtime_error);
  const auto rest = [&]() -> edo::async<int> {
    int cancelled = 0;
    for (;;) {
      auto next = co_await set.join_next();
      if (!next) co_return cancelled;
      if (!next->has_value()) cancelled += next->error().is_cancelled() ? 1 : 0;
    }
  };
  EXPECT_EQ(rt.block_on(rest()), 1);
  EXPECT_EQ(drops.drops(), 1U);
}

TEST_P(join_set, abort_all_cancels_what_has_not_finished) {
  edo::runtime rt = make();
  edo::test::drop_counter drops;
  const auto body = [&]() -> edo::async<std::pair<int, int>> {
    edo::join_set<int> set;
    const edo::abort_handle finished = set.spawn(value_after(1, 0));
    set.spawn(never(drops.make()));
    set.spawn(never(drops.make()));
    while (!finished.is_finished()) co_await edo::yield_now();
    set.abort_all();
    EXPECT_EQ(set.size(), 3U);
    int values = 0;
    int cancelled = 0;
    for (;;) {
      auto next = co_await set.join_next();
      if (!next) break;
      ++(next->has_value() ? values : cancelled);
    }
    co_return std::pair(values, cancelled);
  };
  EXPECT_EQ(rt.block_on(body()), std::pair(1, 2));
}

TEST_P(join_set, blocking_jobs_are_children_too) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    edo::join_set<int> set;
    set.spawn_blocking([] { return 1; });
    set.spawn_blocking([kept = std::make_unique<int>(10)] { return *kept; });
    set.spawn_blocking([](std::stop_token) { return 100; });
    set.spawn(value_after(1000, 2));
    int sum = 0;
    for (;;) {
      auto next = co_await set.join_next();
      if (!next) break;
      sum += next->value();
    }
    co_return sum;
  };
  EXPECT_EQ(rt.block_on(body()), 1111);
}

TEST_P(join_set, dropping_the_set_tells_the_stop_token_of_a_job) {
  edo::runtime rt = make();
  std::binary_semaphore started(0);
  std::binary_semaphore ended(0);
  {
    edo::join_set<> set;
    set.spawn_blocking_on(rt.handle(), [&](std::stop_token token) {
      std::binary_semaphore told(0);
      const std::stop_callback callback(token, [&] { told.release(); });
      started.release();
      told.acquire();
      ended.release();
    });
    started.acquire();
  }
  ended.acquire();
}

TEST_P(join_set, tasks_of_a_runtime_that_is_gone_report_cancellation) {
  edo::join_set<int> set;
  edo::test::drop_counter drops;
  std::optional<edo::handle> late;
  {
    edo::runtime rt = make();
    late = rt.handle();
    for (int i = 0; i < 5; ++i) set.spawn_on(rt.handle(), never(drops.make()));
  }
  set.spawn_on(*late, value_after(1, 0));
  set.spawn_blocking_on(*late, [] { return 1; });
  EXPECT_EQ(drops.drops(), 5U);
  EXPECT_EQ(set.size(), 7U);
  for (int i = 0; i < 7; ++i) {
    auto next = set.try_join_next();
    ASSERT_TRUE(next.has_value());
    ASSERT_FALSE(next->has_value());
    EXPECT_TRUE(next->error().is_cancelled());
  }
  EXPECT_FALSE(set.try_join_next().has_value());
}

TEST_P(join_set, a_moved_set_keeps_its_children_and_one_assigned_to_aborts_its_own) {
  edo::runtime rt = make();
  edo::test::drop_counter drops;
  const auto body = [&]() -> edo::async<int> {
    edo::join_set<int> first;
    first.spawn(value_after(7, 2));
    edo::join_set<int> second;
    second.spawn(never(drops.make()));
    second = std::move(first);
    EXPECT_EQ(second.size(), 1U);
    edo::join_set<int> third(std::move(second));
    auto next = co_await third.join_next();
    while (drops.live() != 0) co_await edo::yield_now();
    co_return next->value();
  };
  EXPECT_EQ(rt.block_on(body()), 7);
}

TEST_P(join_set, a_child_spawned_by_another_branch_wakes_the_wait) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    edo::join_set<int> set;
    const auto go = std::make_shared<flag>();
    edo::test::drop_counter drops;
    set.spawn(waits_for(go, 1, drops.make()));
    int sum = 0;
    const auto joins = [&]() -> edo::async<void> {
      for (int i = 0; i < 2; ++i) {
        auto next = co_await set.join_next();
        sum = sum * 10 + next->value();
        if (i == 0) go->set();
      }
    };
    const auto spawns = [&]() -> edo::async<void> {
      co_await edo::yield_now();
      set.spawn(value_after(2, 0));
    };
    (void)co_await edo::join(joins(), spawns());
    co_return sum;
  };
  EXPECT_EQ(rt.block_on(body()), 21);
}

TEST_P(join_set, an_output_that_nobody_takes_is_destroyed_once) {
  edo::test::drop_counter drops;
  {
    edo::runtime rt = make();
    edo::join_set<edo::test::drop_counter::token> set;
    const auto gives =
        [](edo::test::drop_counter& from) -> edo::async<edo::test::drop_counter::token> {
      co_return from.make();
    };
    std::vector<edo::abort_handle> handles;
    for (int i = 0; i < 10; ++i) {
      handles.push_back(set.spawn_on(rt.handle(), gives(drops)));
    }
    const auto finished = [&]() -> edo::async<void> {
      for (const auto& h : handles) {
        while (!h.is_finished()) co_await edo::yield_now();
      }
    };
    rt.block_on(finished());
    EXPECT_EQ(drops.live(), 10U);
    set = {};
    EXPECT_EQ(drops.live(), 0U);
  }
  EXPECT_EQ(drops.drops(), 10U);
}

// By hand, on a current-thread runtime: children run in `turn` only.
class join_set_by_hand : public testing::Test {
 protected:
  edo::test::drop_counter drops_;
  edo::runtime rt_ = edo_test::build(edo::runtime_builder::current_thread());
  edo::join_set<int> set_;

  void turn() { rt_.block_on(yields(8)); }
};

TEST_F(join_set_by_hand, a_wait_is_woken_once_however_many_children_end) {
  for (int i = 0; i < 50; ++i) set_.spawn_on(rt_.handle(), value_after(i, 0));
  auto next = edo::test::spawn(set_.join_next());
  EDO_CHECK_PENDING(next.poll());
  EDO_CHECK_PENDING(next.poll());
  EXPECT_EQ(next.waker().clones(), 1U);
  turn();
  EXPECT_EQ(next.wake_count(), 1U);
  EDO_CHECK_READY(next.poll());
  for (int i = 0; i < 49; ++i) {
    auto more = edo::test::spawn(set_.join_next());
    EDO_CHECK_READY(more.poll());
    EXPECT_EQ(more.wake_count() + more.waker().clones(), 0U);
  }
}

TEST_F(join_set_by_hand, a_dropped_wait_leaves_no_waker_behind) {
  set_.spawn_on(rt_.handle(), value_after(1, 0));
  auto next = edo::test::spawn(set_.join_next());
  EDO_CHECK_PENDING(next.poll());
  EXPECT_EQ(next.waker_ref_count(), 1U);
  next.drop();
  EXPECT_EQ(next.waker_ref_count(), 0U);
  turn();
  EXPECT_EQ(next.wake_count(), 0U);
  EXPECT_EQ(set_.try_join_next()->value(), 1);
}

TEST_F(join_set_by_hand, the_wait_that_was_polled_last_is_the_one_that_is_woken) {
  set_.spawn_on(rt_.handle(), value_after(1, 0));
  auto first = edo::test::spawn(set_.join_next());
  auto second = edo::test::spawn(set_.join_next());
  EDO_CHECK_PENDING(first.poll());
  EDO_CHECK_PENDING(second.poll());
  first.drop();  // must not take the second one's waker away
  turn();
  EXPECT_EQ(first.wake_count(), 0U);
  EXPECT_EQ(second.wake_count(), 1U);
  EDO_CHECK_READY(second.poll());
}

TEST_F(join_set_by_hand, a_pending_wait_gives_its_unit_of_the_budget_back) {
  set_.spawn_on(rt_.handle(), value_after(1, 0));
  auto next = edo::test::spawn(set_.join_next());
  next.set_budget(2);
  EDO_CHECK_PENDING(next.poll());
  EXPECT_EQ(next.budget_left(), 2U);
  turn();
  next.set_budget(0);
  EDO_CHECK_PENDING(next.poll());
  EDO_CHECK_WOKEN(next);
  next.set_budget(2);
  EDO_CHECK_READY(next.poll());
  EXPECT_EQ(next.budget_left(), 1U);
}

TEST_F(join_set_by_hand, detaching_while_somebody_waits_wakes_the_wait) {
  set_.spawn_on(rt_.handle(), never(drops_.make()));
  auto next = edo::test::spawn(set_.join_next());
  EDO_CHECK_PENDING(next.poll());
  set_.detach_all();
  EDO_CHECK_WOKEN(next);
  EXPECT_FALSE(EDO_CHECK_READY(next.poll()).has_value());
}

TEST_F(join_set_by_hand, an_abort_handle_may_outlive_the_set_and_the_runtime) {
  std::optional<edo::abort_handle> kept;
  {
    edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
    edo::join_set<int> set;
    kept = set.spawn_on(rt.handle(), never(drops_.make()));
  }
  EXPECT_EQ(drops_.drops(), 1U);
  EXPECT_TRUE(kept->is_finished());
  kept->abort();
}

TEST_F(join_set_by_hand, try_join_next_gives_what_has_finished_and_nothing_else) {
  const edo::task_id first = set_.spawn_on(rt_.handle(), value_after(1, 0)).id();
  set_.spawn_on(rt_.handle(), value_after(2, 1000));
  EXPECT_FALSE(set_.try_join_next().has_value());
  turn();
  auto got = set_.try_join_next_with_id();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->first, first);
  EXPECT_EQ(got->second.value(), 1);
  EXPECT_FALSE(set_.try_join_next().has_value());
  EXPECT_EQ(set_.size(), 1U);
}

TEST_F(join_set_by_hand, a_child_costs_two_blocks_of_the_pool_as_any_task) {
  const auto round = [&](int n) {
    for (int i = 0; i < n; ++i) set_.spawn_on(rt_.handle(), value_after(i, 0));
    turn();
    while (set_.try_join_next()) {
    }
  };
  round(100);
  const edo::pool_stats before = edo::frame_pool_stats();
  round(100);
  const edo::pool_stats after = edo::frame_pool_stats();
  const edo::pool_stats idle = [&] {
    turn();
    return edo::frame_pool_stats();
  }();
  EXPECT_EQ(after.allocations - before.allocations - (idle.allocations - after.allocations), 200U);
  EXPECT_EQ(sizeof(edo::join_set<int>), sizeof(void*));
  EXPECT_EQ(sizeof(edo::detail::join_node), 40U);
}

TEST_F(join_set_by_hand, a_coroutine_that_borrows_is_refused_with_the_callers_line) {
  const auto guard = rt_.enter();
  const auto borrows = [](std::string_view text) -> edo::async<int> {
    co_return static_cast<int>(text.size());
  };
  const auto line = std::source_location::current().line() + 2;
  try {
    set_.spawn(borrows("text"));
    FAIL() << "no exception";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::view_parameter);
    EXPECT_EQ(e.where().line(), line);
  }
  EXPECT_TRUE(set_.is_empty());
}

TEST_F(join_set_by_hand, without_a_runtime_spawn_throws) {
  EXPECT_THROW(set_.spawn(value_after(1, 0)), edo::usage_error);
  EXPECT_THROW(set_.spawn_blocking([] { return 1; }), edo::usage_error);
  EXPECT_TRUE(set_.is_empty());
}

TEST_F(join_set_by_hand, callables_and_arguments_are_kept_with_the_child) {
  const auto guard = rt_.enter();
  const auto length = [](const std::string& a, std::unique_ptr<int> b, int c) -> edo::async<int> {
    co_await edo::yield_now();
    co_return static_cast<int>(a.size()) + *b + c;
  };
  set_.spawn(
      [text = std::string(30, 'x'), length] { return length(text, std::make_unique<int>(1), 2); });
  set_.spawn([](int a) -> edo::async<int> { co_return a; }, 1);
  set_.spawn([](int a, int b) -> edo::async<int> { co_return a + b; }, 1, 2);
  set_.spawn([](int a, int b, int c) -> edo::async<int> { co_return a + b + c; }, 1, 2, 3);
  set_.spawn([](int a, int b, int c, int d) -> edo::async<int> { co_return a + b + c + d; }, 1, 2,
             3, 4);
  turn();
  int sum = 0;
  while (auto next = set_.try_join_next()) sum += next->value();
  EXPECT_EQ(sum, 33 + 1 + 3 + 6 + 10);
}

}  // namespace
