// The transitions of the state word raced against each other on threads, for TSan.
#include "unit/task/fake_scheduler.hpp"

#include <array>
#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

namespace {

using edo_test::fake_scheduler;

struct shared {
  std::atomic<int> futures{0};
  std::atomic<int> outputs{0};
  std::atomic<int> polls{0};
};

class tracked_output {
 public:
  explicit tracked_output(shared& s) noexcept : shared_(&s) { shared_->outputs.fetch_add(1); }
  tracked_output(tracked_output&& o) noexcept : shared_(o.shared_) {
    shared_->outputs.fetch_add(1);
  }
  tracked_output& operator=(tracked_output&&) = delete;
  ~tracked_output() { shared_->outputs.fetch_sub(1); }

 private:
  shared* shared_;
};

// Pending until it was polled `polls` times; plain data inside, so that TSan sees a double poll.
class racing {
 public:
  racing(shared& s, int polls, edo::waker* out) noexcept
      : shared_(&s), polls_left_(polls), out_(out) {
    shared_->futures.fetch_add(1);
  }
  racing(racing&& o) noexcept : shared_(o.shared_), polls_left_(o.polls_left_), out_(o.out_) {
    shared_->futures.fetch_add(1);
  }
  racing& operator=(racing&&) = delete;
  ~racing() { shared_->futures.fetch_sub(1); }

  edo::poll_result<tracked_output> poll(edo::context& cx) {
    shared_->polls.fetch_add(1, std::memory_order_relaxed);
    if (out_ != nullptr) *std::exchange(out_, nullptr) = cx.waker();
    if (--polls_left_ <= 0) return tracked_output(*shared_);
    cx.waker().wake_by_ref();
    return edo::pending;
  }

 private:
  shared* shared_;
  int polls_left_;
  edo::waker* out_;
};

template <class... Fns>
void run_together(Fns... fns) {
  std::latch start(sizeof...(fns));
  std::vector<std::thread> threads;
  (threads.emplace_back([&start, fn = std::move(fns)]() mutable {
    start.arrive_and_wait();
    fn();
  }),
   ...);
  for (auto& t : threads) t.join();
}

constexpr int rounds = 300;

TEST(task_stress, wakes_aborts_polls_and_a_dropped_handle_race) {
  for (int i = 0; i < rounds; ++i) {
    shared s;
    const auto scheduler = fake_scheduler::make();
    {
      edo::waker waker;
      auto handle = scheduler->spawn(racing(s, 3, &waker));
      scheduler->run(*scheduler->pop());
      const edo::abort_handle aborter = handle.abort_handle();
      const edo::waker copy = waker;
      run_together(
          [&] {
            for (int k = 0; k < 4; ++k) scheduler->run_all();
          },
          [w = copy] {
            for (int k = 0; k < 3; ++k) w.wake_by_ref();
          },
          [w = copy]() mutable { std::move(w).wake(); },
          [&] {
            if (i % 2 == 0) aborter.abort();
          },
          [h = std::move(handle)]() mutable { h = {}; });
      scheduler->run_all();
      EXPECT_TRUE(aborter.is_finished());
    }
    EXPECT_EQ(s.futures.load(), 0);
    EXPECT_EQ(s.outputs.load(), 0);
  }
}

TEST(task_stress, joining_races_with_completion) {
  for (int i = 0; i < rounds; ++i) {
    shared s;
    const auto scheduler = fake_scheduler::make();
    // The joiner is a task too, on the same queue.
    std::atomic<bool> joined{false};
    {
      edo::waker waker;
      auto inner = scheduler->spawn(racing(s, 2, nullptr));
      struct joiner {
        edo::join_handle<tracked_output> handle;
        std::atomic<bool>* joined;
        edo::poll_result<void> poll(edo::context& cx) {
          auto result = handle.poll(cx);
          if (result.is_pending()) return edo::pending;
          EXPECT_TRUE(result.value().has_value());
          joined->store(true);
          return edo::done;
        }
      };
      (void)scheduler->spawn(joiner{std::move(inner), &joined});
      run_together(
          [&] {
            for (int k = 0; k < 4; ++k) scheduler->run_all();
          },
          [&] {
            for (int k = 0; k < 4; ++k) scheduler->run_all();
          });
      scheduler->run_all();
    }
    EXPECT_TRUE(joined.load());
    EXPECT_EQ(s.outputs.load(), 0);
  }
}

TEST(task_stress, shutdown_races_with_polls_wakes_and_claims) {
  for (int i = 0; i < rounds; ++i) {
    shared s;
    const auto scheduler = fake_scheduler::make();
    {
      std::array<edo::waker, 4> wakers;
      std::vector<edo::join_handle<tracked_output>> handles;
      for (auto& w : wakers) handles.push_back(scheduler->spawn(racing(s, 1000, &w)));
      for (std::size_t k = 0; k < wakers.size(); ++k) scheduler->run(*scheduler->pop());
      run_together(
          [&] {
            for (int k = 0; k < 50; ++k) {
              if (edo::detail::task_header* task = scheduler->pop()) scheduler->run(*task);
            }
          },
          [&] {
            for (auto& w : wakers) w.wake_by_ref();
          },
          [&] {
            scheduler->owned.close();
            scheduler->owned.shut_down(INT64_MAX);
          });
      scheduler->run_all();
      for (const auto& handle : handles) EXPECT_TRUE(handle.is_finished());
    }
    EXPECT_EQ(s.futures.load(), 0);
    EXPECT_TRUE(scheduler->owned.empty());
  }
}

}  // namespace
