// block_on: from one thread, from several, nested, and what becomes of the root future.
#include "edo/base/error.hpp"
#include "edo/future/join.hpp"
#include "edo/runtime/handle.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;

class block_on : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, block_on, edo_test::all_flavours, edo_test::flavour_name);

TEST_P(block_on, gives_what_a_plain_future_gives) {
  edo::runtime rt = make();
  EXPECT_EQ(rt.block_on(edo::ready(5)), 5);
  EXPECT_EQ(rt.handle().block_on(edo::ready(6)), 6);
  int object = 0;
  const auto reference = [&]() -> edo::async<int&> { co_return object; };
  EXPECT_EQ(&rt.block_on(reference()), &object);
  EXPECT_EQ(*rt.block_on(edo::ready(std::make_unique<int>(7))), 7);
}

TEST_P(block_on, lets_an_exception_of_the_root_through) {
  edo::runtime rt = make();
  const auto throws = []() -> edo::async<void> {
    co_await edo::yield_now();
    throw std::runtime_error("root");
  };
  EXPECT_THROW(rt.block_on(throws()), std::runtime_error);
  EXPECT_EQ(rt.block_on(edo::ready(1)), 1);
}

TEST_P(block_on, inside_a_task_or_another_block_on_is_a_usage_error) {
  edo::runtime rt = make();
  const auto nested = [&rt]() -> edo::async<int> {
    int code = 0;
    try {
      rt.block_on(edo::ready(1));
    } catch (const edo::usage_error& e) {
      code = static_cast<int>(e.code());
    }
    co_return code;
  };
  EXPECT_EQ(rt.block_on(nested()), static_cast<int>(edo::usage::blocking_in_task));
  auto h = rt.spawn(nested);
  EXPECT_EQ(*rt.block_on(h), static_cast<int>(edo::usage::blocking_in_task));
}

TEST_P(block_on, a_second_runtime_may_be_built_and_destroyed_inside) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<bool> {
    const edo::runtime inner = make();
    (void)inner.spawn(edo::ready(1));
    co_return true;
  };
  EXPECT_TRUE(rt.block_on(body()));
}

TEST_P(block_on, polls_the_root_once_for_each_wake) {
  edo::runtime rt = make();
  struct counting {
    int* polls;
    flag* f;
    edo::poll_result<void> poll(edo::context& cx) {
      ++*polls;
      auto waiting = f->wait();
      return waiting.poll(cx);
    }
  };
  int polls = 0;
  flag f;
  std::thread other([&] { f.set(); });
  rt.block_on(counting{&polls, &f});
  other.join();
  EXPECT_LE(polls, 2);
}

TEST_P(block_on, a_root_that_yields_lets_tasks_run) {
  edo::runtime rt = make();
  std::atomic<bool> ran{false};
  (void)rt.spawn([&]() -> edo::async<void> {
    ran.store(true);
    co_return;
  });
  const auto body = [&]() -> edo::async<void> {
    while (!ran.load()) co_await edo::yield_now();
  };
  rt.block_on(body());
}

TEST_P(block_on, destroys_the_root_future_in_the_runtimes_context) {
  edo::runtime rt = make();
  bool in_context = false;
  struct at_death {
    bool* out;
    explicit at_death(bool& o) noexcept : out(&o) {}
    at_death(at_death&& o) noexcept : out(std::exchange(o.out, nullptr)) {}
    at_death& operator=(at_death&&) = delete;
    ~at_death() {
      if (out != nullptr) *out = edo::handle::try_current().has_value();
    }
    edo::poll_result<void> poll(edo::context&) { return edo::done; }
  };
  rt.block_on(at_death(in_context));
  EXPECT_TRUE(in_context);
  EXPECT_FALSE(edo::handle::try_current().has_value());
}

TEST_P(block_on, several_threads_share_one_runtime) {
  edo::runtime rt = make();
  constexpr int threads = 4;
  constexpr int rounds = 50;
  std::atomic<int> sum{0};
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < rounds; ++i) {
        const auto body = [&]() -> edo::async<int> {
          auto h = edo::spawn([]() -> edo::async<int> {
            co_await edo::yield_now();
            co_return 1;
          });
          auto r = co_await h;
          co_return *r;
        };
        sum.fetch_add(rt.block_on(body()));
      }
    });
  }
  for (auto& c : callers) c.join();
  EXPECT_EQ(sum.load(), threads * rounds);
}

TEST_P(block_on, threads_that_wait_for_each_other_all_end) {
  edo::runtime rt = make();
  flag first;
  flag second;
  std::thread a([&] {
    const auto body = [&]() -> edo::async<void> {
      first.set();
      co_await second.wait();
    };
    rt.block_on(body());
  });
  std::thread b([&] {
    const auto body = [&]() -> edo::async<void> {
      co_await first.wait();
      // The task that wakes the other thread runs on whoever drives.
      auto h = edo::spawn([&]() -> edo::async<void> {
        second.set();
        co_return;
      });
      (void)co_await h;
    };
    rt.block_on(body());
  });
  a.join();
  b.join();
}

TEST(block_on_current_thread, tasks_make_no_progress_without_it) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
  bool ran = false;
  auto h = rt.spawn([&]() -> edo::async<void> {
    ran = true;
    co_return;
  });
  EXPECT_FALSE(ran);
  EXPECT_FALSE(h.is_finished());
  (void)rt.block_on(h);
  EXPECT_TRUE(ran);
}

}  // namespace
