// Task-local values and the budget in tasks of each flavour of runtime.
#include "edo/base/error.hpp"
#include "edo/future/coop.hpp"
#include "edo/runtime/task_tracker.hpp"
#include "edo/task/task_local.hpp"

#include "unit/runtime/flavours.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <string_view>
#include <utility>

namespace {

constinit edo::task_local<int> request_id;

class task_local : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, task_local, edo_test::all_flavours, edo_test::flavour_name);

edo::async<int> sum_of_polls(int polls) {
  int sum = 0;
  for (int i = 0; i < polls; ++i) {
    sum += request_id.get();
    co_await edo::yield_now();
  }
  co_return sum;
}

TEST_P(task_local, each_task_sees_its_own_value_wherever_it_is_polled) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<void> {
    std::vector<edo::join_handle<int>> handles;
    for (int i = 0; i < 200; ++i) {
      handles.push_back(edo::spawn(request_id.scope(i, sum_of_polls(20))));
    }
    for (int i = 0; i < 200; ++i) {
      auto r = co_await handles[static_cast<std::size_t>(i)];
      EXPECT_EQ(*r, 20 * i);
    }
  };
  rt.block_on(body());
}

TEST_P(task_local, a_spawned_task_inherits_nothing) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<bool> {
    auto h = edo::spawn([]() -> edo::async<bool> { co_return request_id.try_get().has_value(); });
    auto r = co_await h;
    co_return *r;
  };
  EXPECT_FALSE(rt.block_on(request_id.scope(1, body())));
  // Nor does a task that is polled on this thread, in the middle of a scope.
  const bool seen = request_id.sync_scope(1, [&] {
    auto h = rt.spawn([]() -> edo::async<bool> { co_return request_id.try_get().has_value(); });
    return *rt.block_on(h);
  });
  EXPECT_FALSE(seen);
}

TEST_P(task_local, the_root_future_sees_what_is_around_block_on) {
  edo::runtime rt = make();
  const int seen = request_id.sync_scope(5, [&] {
    const auto root = []() -> edo::async<int> { co_return request_id.get(); };
    return rt.block_on(root());
  });
  EXPECT_EQ(seen, 5);
}

TEST_P(task_local, is_seen_by_the_destructors_of_an_aborted_task) {
  edo::runtime rt = make();
  struct looks {
    std::optional<int>* seen;
    explicit looks(std::optional<int>& out) noexcept : seen(&out) {}
    looks(looks&& other) noexcept : seen(std::exchange(other.seen, nullptr)) {}
    looks& operator=(looks&&) = delete;
    ~looks() {
      if (seen != nullptr) *seen = request_id.try_get();
    }
  };
  const auto waits = [](looks) -> edo::async<void> { co_await edo::pending_forever<void>(); };
  std::optional<int> aborted;
  std::optional<int> shut_down;
  auto h = rt.spawn(request_id.scope(8, waits(looks(aborted))));
  const auto body = [&]() -> edo::async<void> {
    co_await edo::yield_now();
    h.abort();
    auto r = co_await h;
    EXPECT_TRUE(r.error().is_cancelled());
  };
  rt.block_on(body());
  EXPECT_EQ(aborted, 8);
  {
    edo::runtime ends = make();
    (void)ends.spawn(request_id.scope(9, waits(looks(shut_down))));
  }
  EXPECT_EQ(shut_down, 9);
}

TEST_P(task_local, goes_along_into_block_in_place_but_not_into_tasks_polled_there) {
  if (is_current_thread()) return;
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    const int seen = edo::block_in_place([] {
      edo::runtime inner = edo_test::build(edo::runtime_builder::current_thread());
      const auto root = []() -> edo::async<int> {
        auto h =
            edo::spawn([]() -> edo::async<bool> { co_return request_id.try_get().has_value(); });
        auto inherited = co_await h;
        EXPECT_FALSE(*inherited);
        co_return request_id.get();
      };
      return inner.block_on(root());
    });
    co_return seen;
  };
  auto h = rt.spawn(request_id.scope(3, body()));
  EXPECT_EQ(*rt.block_on(h), 3);
}

// What spawn asks of a coroutine, it asks of one inside a wrapper, too.
TEST_P(task_local, spawn_refuses_a_wrapper_around_a_coroutine_that_borrows) {
  edo::runtime rt = make();
  const auto borrows = [](std::string_view text) -> edo::async<std::size_t> {
    co_return text.size();
  };
  const edo::task_tracker tracker;
  EXPECT_THROW((void)rt.spawn(request_id.scope(1, borrows("text"))), edo::usage_error);
  EXPECT_THROW((void)rt.spawn(edo::unconstrained(borrows("text"))), edo::usage_error);
  EXPECT_THROW((void)rt.spawn(edo::cooperative(borrows("text"))), edo::usage_error);
  EXPECT_THROW((void)rt.spawn(tracker.track_future(borrows("text"))), edo::usage_error);
  EXPECT_TRUE(tracker.is_empty());
  auto future = edo::ready(1);
  EXPECT_TRUE(edo::holds_borrowed<decltype(request_id.scope(1, future))>);
  EXPECT_TRUE(edo::holds_borrowed<decltype(edo::unconstrained(future))>);
  EXPECT_TRUE(edo::holds_borrowed<decltype(edo::cooperative(future))>);
  EXPECT_TRUE(edo::holds_borrowed<decltype(tracker.track_future(future))>);
  EXPECT_FALSE(edo::holds_borrowed<decltype(edo::unconstrained(edo::ready(1)))>);
}

class coop : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, coop, edo_test::all_flavours, edo_test::flavour_name);

/// A leaf of edo's manners that is always ready.
struct always_ready {
  edo::poll_result<void> poll(edo::context& cx) const {
    if (!cx.try_charge()) return edo::pending;
    return edo::done;
  }
};

edo::async<void> a_thousand_operations() {
  for (int i = 0; i < 1000; ++i) co_await always_ready();
}

/// How often `future` was polled in a task of its own.
template <class F>
edo::async<int> polls_of(F future) {
  int polls = 0;
  auto counting = edo::poll_fn([&](edo::context& cx) {
    ++polls;
    return future.poll(cx);
  });
  co_await counting;
  co_return polls;
}

TEST_P(coop, a_thousand_ready_operations_yield_and_without_constraint_they_do_not) {
  edo::runtime rt = make();
  auto constrained = rt.spawn(polls_of(edo::into_future(a_thousand_operations())));
  EXPECT_EQ(*rt.block_on(constrained), 1 + 1000 / 128);
  auto free = rt.spawn(polls_of(edo::unconstrained(a_thousand_operations())));
  EXPECT_EQ(*rt.block_on(free), 1);
}

TEST_P(coop, consume_budget_yields_after_128_units) {
  edo::runtime rt = make();
  const auto spends = [](int units) -> edo::async<void> {
    for (int i = 0; i < units; ++i) co_await edo::consume_budget();
  };
  auto just = rt.spawn(polls_of(edo::into_future(spends(128))));
  EXPECT_EQ(*rt.block_on(just), 1);
  auto over = rt.spawn(polls_of(edo::into_future(spends(129))));
  EXPECT_EQ(*rt.block_on(over), 2);
}

}  // namespace
