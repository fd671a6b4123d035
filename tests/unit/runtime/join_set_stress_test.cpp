// Children that end, aborts, waits and the end of the set, raced on several workers, for TSan.
#include "edo/future/select.hpp"
#include "edo/runtime/join_set.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// Counts those alive, as future and as output.
class live_token {
 public:
  explicit live_token(std::atomic<int>& live) noexcept : live_(&live) { live_->fetch_add(1); }
  live_token(live_token&& other) noexcept : live_(other.live_) { live_->fetch_add(1); }
  live_token& operator=(live_token&&) = delete;
  ~live_token() { live_->fetch_sub(1); }

 private:
  std::atomic<int>* live_;
};

edo::async<live_token> child(live_token token, int yields) {
  for (int i = 0; i < yields; ++i) co_await edo::yield_now();
  co_return std::move(token);
}

struct round_of_children {
  std::atomic<int>* live;
  std::uint32_t seed;

  edo::async<void> run() const {
    std::minstd_rand random(seed);
    const auto below = [&random](unsigned bound) { return static_cast<int>(random() / 7 % bound); };
    edo::join_set<live_token> set;
    std::vector<edo::abort_handle> handles;
    const int steps = 20 + below(200);
    for (int i = 0; i < steps; ++i) {
      switch (below(8)) {
        case 0:
          if (!handles.empty()) handles[random() % handles.size()].abort();
          break;
        case 1: {
          auto first = co_await edo::select(set.join_next(), edo::yield_now());
          (void)first;
          break;
        }
        case 2:
          (void)set.try_join_next();
          break;
        case 3: {
          auto next = co_await set.join_next();
          (void)next;
          break;
        }
        default:
          handles.push_back(set.spawn(child(live_token(*live), below(4))));
      }
    }
    switch (below(5)) {
      case 0:
        break;  // the set is dropped
      case 1:
        set.detach_all();
        break;
      case 2:
        co_await set.shutdown();
        break;
      case 3: {
        edo::join_set<live_token> other;
        other.spawn(child(live_token(*live), 1));
        other = std::move(set);
        break;
      }
      default:
        for (;;) {
          auto next = co_await set.join_next();
          if (!next) break;
        }
        EXPECT_TRUE(set.is_empty());
    }
  }
};

TEST(join_set_stress, children_waits_aborts_and_the_end_of_the_set_race) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::atomic<int> live{0};
  {
    edo::runtime rt = edo_test::build(edo::runtime_builder::multi_thread().worker_threads(4));
    const auto all = [&]() -> edo::async<void> {
      edo::join_set<> rounds;
      for (std::uint32_t i = 0; i < 300; ++i) {
        rounds.spawn([round = round_of_children{&live, seed + i}] { return round.run(); });
      }
      for (;;) {
        auto next = co_await rounds.join_next();
        if (!next) break;
        EXPECT_TRUE(next->has_value());
      }
    };
    rt.block_on(all());
  }
  EXPECT_EQ(live.load(), 0);
}

TEST(join_set_stress, a_set_that_is_dropped_with_its_runtime_loses_nothing) {
  std::atomic<int> live{0};
  for (int i = 0; i < 100; ++i) {
    edo::join_set<live_token> set;
    edo::runtime rt = edo_test::build(edo::runtime_builder::multi_thread().worker_threads(2));
    const edo::handle handle = rt.handle();
    for (int k = 0; k < 20; ++k) set.spawn_on(handle, child(live_token(live), k % 5));
    if (i % 2 == 0) set = {};
    std::move(rt).shutdown_background();
  }
  while (live.load() != 0) std::this_thread::yield();
}

}  // namespace
