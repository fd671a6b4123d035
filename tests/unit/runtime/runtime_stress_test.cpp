// Everything at once on real threads: for the sanitizers, and for lost wakes, which would hang.

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;

class runtime_stress : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, runtime_stress, edo_test::all_flavours, edo_test::flavour_name);

// Two tasks that hand a token back and forth.
struct pair_of_flags {
  flag ping;
  flag pong;
};

edo::async<void> play(std::shared_ptr<std::vector<pair_of_flags>> rounds, bool first) {
  for (pair_of_flags& r : *rounds) {
    if (first) {
      r.ping.set();
      co_await r.pong.wait();
    } else {
      co_await r.ping.wait();
      r.pong.set();
    }
  }
}

TEST_P(runtime_stress, pairs_of_tasks_play_ping_pong) {
  edo::runtime rt = make();
  std::vector<edo::join_handle<void>> handles;
  for (int i = 0; i < 20; ++i) {
    auto rounds = std::make_shared<std::vector<pair_of_flags>>(100);
    handles.push_back(rt.spawn(play(rounds, true)));
    handles.push_back(rt.spawn(play(rounds, false)));
  }
  for (auto& h : handles) EXPECT_TRUE(rt.block_on(h).has_value());
}

TEST_P(runtime_stress, foreign_threads_wake_spawn_and_abort) {
  edo::runtime rt = make();
  constexpr int threads = 3;
  constexpr int rounds = 200;
  std::vector<std::thread> foreign;
  std::atomic<int> ended{0};
  flag all_done;
  for (int t = 0; t < threads; ++t) {
    foreign.emplace_back([&, t] {
      const edo::handle handle = rt.handle();
      for (int i = 0; i < rounds; ++i) {
        auto signal = std::make_shared<flag>();
        auto h = handle.spawn([signal]() -> edo::async<int> {
          co_await signal->wait();
          co_await edo::yield_now();
          co_return 1;
        });
        if ((i + t) % 3 == 0) h.abort();
        signal->set();
        const edo::abort_handle aborter = h.abort_handle();
        (void)handle.spawn([&, joined = std::move(h)]() mutable -> edo::async<void> {
          auto r = co_await joined;
          if (r.has_value() || r.error().is_cancelled()) {
            if (ended.fetch_add(1) + 1 == threads * rounds) all_done.set();
          }
        });
        if (i % 5 == 0) aborter.abort();
      }
    });
  }
  rt.block_on(all_done.wait());
  for (auto& t : foreign) t.join();
  EXPECT_EQ(ended.load(), threads * rounds);
}

TEST_P(runtime_stress, blocking_jobs_and_tasks_wait_for_each_other) {
  edo::runtime rt = edo_test::build(builder().max_blocking_threads(4));
  const bool can_block_in_place = !is_current_thread();
  std::vector<edo::join_handle<int>> handles;
  for (int i = 0; i < 100; ++i) {
    handles.push_back(rt.spawn([i, can_block_in_place]() -> edo::async<int> {
      auto job = edo::spawn_blocking([i] { return i; });
      int value = 0;
      if (can_block_in_place && i % 4 == 0) value = edo::block_in_place([] { return 1; });
      auto r = co_await job;
      co_return *r + value;
    }));
  }
  int sum = 0;
  for (auto& h : handles) sum += *rt.block_on(h);
  EXPECT_EQ(sum, 99 * 100 / 2 + (can_block_in_place ? 25 : 0));
}

TEST_P(runtime_stress, shutdown_under_load_loses_nothing) {
  for (int round = 0; round < 50; ++round) {
    auto held = std::make_shared<int>(0);
    std::thread foreign;
    {
      const edo::runtime rt = make();
      const edo::handle handle = rt.handle();
      flag going;
      foreign = std::thread([handle, held, &going] {
        for (int i = 0; i < 100; ++i) {
          (void)handle.spawn([held]() -> edo::async<void> {
            co_await edo::yield_now();
            (void)edo::spawn_blocking([held] { return *held; });
            co_await edo::pending_forever<void>();
          });
          if (i == 20) going.set();
        }
      });
      edo::block_on(going.wait());
    }
    foreign.join();
    EXPECT_EQ(held.use_count(), 1);
  }
}

}  // namespace
