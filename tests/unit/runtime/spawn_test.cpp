// Tasks on each flavour of runtime: spawn, join, abort, exceptions, yielding.
#include "edo/runtime/spawn.hpp"

#include "edo/base/error.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/pool.hpp"
#include "edo/future/join.hpp"
#include "edo/runtime/task_builder.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;

class spawn : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, spawn, edo_test::all_flavours, edo_test::flavour_name);

edo::async<int> add(int a, int b) { co_return a + b; }

edo::async<int> add_slowly(int a, int b) {
  for (int i = 0; i < 3; ++i) co_await edo::yield_now();
  co_return a + b;
}

TEST_P(spawn, gives_the_output_through_the_handle) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    auto h = edo::spawn(add(3, 4));
    auto r = co_await h;
    co_return *r;
  };
  EXPECT_EQ(rt.block_on(body()), 7);
}

TEST_P(spawn, a_detached_task_runs_to_its_end) {
  edo::runtime rt = make();
  flag done;
  (void)rt.spawn([&done]() -> edo::async<void> {
    co_await edo::yield_now();
    done.set();
  });
  rt.block_on(done.wait());
  EXPECT_TRUE(done.is_set());
}

TEST_P(spawn, keeps_a_closure_and_its_arguments_while_the_task_lives) {
  edo::runtime rt = make();
  auto handle =
      rt.spawn([text = std::string(
                    "a text that is longer than the small buffer")]() -> edo::async<std::size_t> {
        co_await edo::yield_now();
        co_return text.size();
      });
  EXPECT_EQ(*rt.block_on(handle), 43U);
  const auto body = []() -> edo::async<std::string> {
    auto length = [](std::string a, std::unique_ptr<int> b, int c) -> edo::async<std::string> {
      co_await edo::yield_now();
      co_return a + std::to_string(*b + c);
    };
    auto h = edo::spawn(length, std::string("value "), std::make_unique<int>(40), 2);
    auto r = co_await h;
    co_return *r;
  };
  EXPECT_EQ(rt.block_on(body()), "value 42");
}

TEST_P(spawn, from_another_thread_wakes_an_idle_runtime) {
  edo::runtime rt = make();
  flag done;
  std::thread other([&] {
    (void)rt.handle().spawn([&done]() -> edo::async<void> {
      done.set();
      co_return;
    });
  });
  rt.block_on(done.wait());
  other.join();
}

TEST_P(spawn, ten_thousand_tasks_all_end) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<long> {
    std::vector<edo::join_handle<int>> handles;
    for (int i = 0; i < 10'000; ++i) handles.push_back(edo::spawn(add_slowly(i, 1)));
    long sum = 0;
    for (auto& h : handles) {
      auto r = co_await h;
      sum += *r;
    }
    co_return sum;
  };
  EXPECT_EQ(rt.block_on(body()), 10'000L * 10'001 / 2);
}

TEST_P(spawn, tasks_spawn_tasks) {
  edo::runtime rt = make();
  struct chain {
    static edo::async<int> link(int depth) {
      if (depth == 0) co_return 0;
      auto next = edo::spawn(link(depth - 1));
      auto r = co_await next;
      co_return *r + 1;
    }
  };
  EXPECT_EQ(rt.block_on(chain::link(1000)), 1000);
}

TEST_P(spawn, an_exception_reaches_the_handle_only) {
  edo::runtime rt = make();
  auto bad = rt.spawn([]() -> edo::async<int> {
    co_await edo::yield_now();
    throw std::runtime_error("bad");
  });
  auto good = rt.spawn(add_slowly(1, 1));
  const auto r = rt.block_on(bad);
  ASSERT_FALSE(r.has_value());
  EXPECT_TRUE(r.error().is_exception());
  EXPECT_EQ(*rt.block_on(good), 2);
}

TEST_P(spawn, try_throws_the_exception_of_a_task_and_returns_a_cancellation) {
  edo::runtime rt = make();
  const auto throws = []() -> edo::async<edo::result<int>> {
    auto h = edo::spawn([]() -> edo::async<int> {
      co_await edo::yield_now();
      throw std::runtime_error("bad");
    });
    const int n = co_await edo::try_(h);
    co_return n;
  };
  EXPECT_THROW((void)rt.block_on(throws()), std::runtime_error);
  const auto cancelled = []() -> edo::async<edo::result<int>> {
    auto h = edo::spawn(edo::pending_forever<int>());
    h.abort();
    const int n = co_await edo::try_(h);
    co_return n;
  };
  const edo::result<int> r = rt.block_on(cancelled());
  EXPECT_EQ(r.error(), edo::errc::cancelled);
}

TEST_P(spawn, abort_ends_a_task_that_waits_and_destroys_its_locals) {
  edo::runtime rt = make();
  const auto body = [](std::shared_ptr<int> held) -> edo::async<bool> {
    auto h = edo::spawn([held]() -> edo::async<void> {
      const std::shared_ptr<int> mine = held;
      co_await edo::pending_forever<void>();
    });
    co_await edo::yield_now();
    h.abort();
    auto r = co_await h;
    co_return r.error().is_cancelled();
  };
  auto held = std::make_shared<int>(1);
  EXPECT_TRUE(rt.block_on(body(held)));
  EXPECT_EQ(held.use_count(), 1);
}

TEST_P(spawn, a_task_that_awaits_itself_gets_an_error) {
  edo::runtime rt = make();
  struct slot {
    edo::join_handle<int> handle;
    flag filled;
  } own;
  flag done;
  std::string what;
  own.handle = rt.spawn([&]() -> edo::async<int> {
    co_await own.filled.wait();
    auto r = co_await own.handle;
    what = r.error().message();
    done.set();
    co_return 1;
  });
  own.filled.set();
  rt.block_on(done.wait());
  EXPECT_NE(what.find("EDO-E0011"), std::string::npos) << what;
}

TEST_P(spawn, refuses_a_coroutine_that_borrows_its_arguments) {
  edo::runtime rt = make();
  const auto borrows = [](std::string_view text) -> edo::async<std::size_t> {
    co_return text.size();
  };
  try {
    (void)rt.spawn(borrows("text"));
    FAIL() << "no exception";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::view_parameter);
    EXPECT_NE(std::string(e.what()).find("spawn_test.cpp"), std::string::npos) << e.what();
  }
}

TEST_P(spawn, a_task_that_is_always_ready_does_not_starve_the_others) {
  edo::runtime rt = make();
  std::atomic<bool> stop{false};
  std::atomic<int> forced{0};
  // Charges without end: only the budget makes it yield.
  auto greedy = rt.spawn([&]() -> edo::async<void> {
    struct operation {
      std::atomic<int>* forced;
      edo::poll_result<void> poll(edo::context& cx) const {
        if (cx.try_charge()) return edo::done;
        forced->fetch_add(1);
        return edo::pending;
      }
    };
    while (!stop.load()) co_await operation{&forced};
  });
  auto modest = rt.spawn([&]() -> edo::async<void> {
    for (int i = 0; i < 10; ++i) co_await edo::yield_now();
    stop.store(true);
  });
  (void)rt.block_on(modest);
  (void)rt.block_on(greedy);
  EXPECT_GT(forced.load(), 0);
}

TEST_P(spawn, a_thousand_finished_handles_cannot_be_drained_in_one_poll) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    std::vector<edo::join_handle<int>> handles;
    for (int i = 0; i < 1000; ++i) handles.push_back(edo::spawn(add(i, 0)));
    for (auto& h : handles) {
      while (!h.is_finished()) co_await edo::yield_now();
    }
    // From here on every await is ready at once, but for the budget.
    int polls = 0;
    struct draining {
      std::vector<edo::join_handle<int>>* handles;
      std::size_t next = 0;
      int* polls;
      edo::poll_result<void> poll(edo::context& cx) {
        ++*polls;
        for (; next < handles->size(); ++next) {
          if ((*handles)[next].poll(cx).is_pending()) return edo::pending;
        }
        return edo::done;
      }
    };
    co_await draining{&handles, 0, &polls};
    co_return polls;
  };
  auto in_task = rt.spawn(body);
  EXPECT_GE(*rt.block_on(in_task), 1000 / 128);
}

TEST_P(spawn, the_task_id_is_the_handles) {
  edo::runtime rt = make();
  auto h = rt.spawn([]() -> edo::async<edo::task_id> { co_return edo::this_task::id(); });
  const edo::task_id id = h.id();
  EXPECT_EQ(*rt.block_on(h), id);
  const auto root = []() -> edo::async<bool> { co_return !edo::this_task::try_id().has_value(); };
  EXPECT_TRUE(rt.block_on(root()));
}

TEST_P(spawn, runtimes_handles_and_builders_take_a_callable_with_arguments) {
  edo::runtime rt = make();
  const edo::handle handle = rt.handle();
  const edo::task_builder named = edo::task_builder().name("adder").on(handle);
  const auto body = [&]() -> edo::async<int> {
    auto first = rt.spawn(add, 1, 2);
    auto second = handle.spawn(add_slowly, 3, 4);
    auto third = named.spawn(add, 5, 6);
    auto fourth = named.spawn(add(7, 8));  // a builder can be used again
    auto none = handle.spawn([]() -> edo::async<int> { co_return 9; });
    auto results = co_await edo::try_join(first, second, third, fourth, none);
    auto [a, b, c, d, e] = results.value();
    co_return a + b + c + d + e;
  };
  EXPECT_EQ(rt.block_on(body()), 3 + 7 + 11 + 15 + 9);
}

TEST(spawn_alone, without_a_runtime_it_throws_with_the_callers_line) {
  const auto line = std::source_location::current().line() + 2;
  try {
    (void)edo::spawn(add(1, 2));
    FAIL() << "no exception";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::no_runtime);
    EXPECT_EQ(e.where().line(), line);
  }
}

TEST(spawn_alone, a_coroutine_costs_two_blocks_of_the_pool_and_none_of_the_system) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
  const auto round = [](int n) -> edo::async<void> {
    for (int i = 0; i < n; ++i) {
      auto h = edo::spawn(add(i, i));
      (void)co_await h;
    }
  };
  rt.block_on(round(100));
  const edo::pool_stats before = edo::frame_pool_stats();
  rt.block_on(round(1000));
  const edo::pool_stats after = edo::frame_pool_stats();
  EXPECT_EQ(after.allocations - before.allocations, 2U * 1000 + 1);  // and the root's frame
  if (!edo::detail::address_sanitizer) {
    EXPECT_EQ(after.system_blocks, before.system_blocks);
  }
  EXPECT_EQ(sizeof(edo::detail::task_cell<edo::chained<int>>), 128U);
}

TEST(spawn_alone, a_task_that_yields_lets_the_others_go_first) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
  std::vector<std::string> log;
  const auto body = [&]() -> edo::async<void> {
    auto a = edo::spawn([&log]() -> edo::async<void> {
      log.emplace_back("a1");
      co_await edo::yield_now();
      log.emplace_back("a2");
    });
    auto b = edo::spawn([&log]() -> edo::async<void> {
      log.emplace_back("b");
      co_return;
    });
    (void)co_await a;
    (void)co_await b;
  };
  rt.block_on(body());
  EXPECT_EQ(log, (std::vector<std::string>{"a1", "b", "a2"}));
}

}  // namespace
