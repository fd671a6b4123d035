// Tasks that never end cannot keep others waiting, counted in polls, not in time.
#include "edo/net/tcp_listener.hpp"
#include "edo/runtime/blocking.hpp"

#include "unit/runtime/flavours.hpp"

#include <array>
#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace {

/// Two tasks that wake each other for ever.
class rally {
 public:
  struct turn_future {
    rally* of;
    unsigned who;
    edo::poll_result<void> poll(edo::context& cx) noexcept {
      edo::waker woken;
      {
        const edo::detail::raw_guard guard(of->lock_);
        if (of->turn_ != who) {
          of->waiting_[who] = cx.waker();
          return edo::pending;
        }
        of->turn_ = 1 - who;
        woken = std::move(of->waiting_[1 - who]);
      }
      std::move(woken).wake();
      return edo::done;
    }
  };
  [[nodiscard]] turn_future turn(unsigned who) noexcept { return {this, who}; }

 private:
  edo::detail::raw_mutex lock_;
  unsigned turn_ = 0;
  edo::waker waiting_[2];
};

/// Everything that is greedy, until it is dropped with its runtime.
struct crowd {
  std::atomic<unsigned> polls{0};
  std::vector<std::unique_ptr<rally>> rallies;

  edo::async<void> play(rally* on, unsigned who) {
    for (;;) {
      polls.fetch_add(1, std::memory_order_relaxed);
      co_await on->turn(who);
    }
  }

  edo::async<void> chain() {
    polls.fetch_add(1, std::memory_order_relaxed);
    static_cast<void>(edo::spawn([this]() -> edo::async<void> { co_await chain(); }));
    co_return;
  }

  void begin(const edo::runtime& rt, int players) {
    const edo::enter_guard guard = rt.enter();
    for (int i = 0; i < players / 2; ++i) {
      rallies.push_back(std::make_unique<rally>());
      for (const unsigned who : {0U, 1U}) {
        static_cast<void>(edo::spawn([this, on = rallies.back().get(), who]() -> edo::async<void> {
          co_await play(on, who);
        }));
      }
    }
    static_cast<void>(edo::spawn(edo::poll_fn([this](edo::context& cx) -> edo::poll_result<void> {
      polls.fetch_add(1, std::memory_order_relaxed);
      cx.waker().wake_by_ref();
      return edo::pending;
    })));
    static_cast<void>(edo::spawn([this]() -> edo::async<void> { co_await chain(); }));
  }
};

constexpr int players = 200;
constexpr int rounds = 30;
// The crowd once, twice the interval of the injected queue, and a turn of the driver.
constexpr unsigned bound = 2 * (players + 2) + 2 * 31 + 61;

/// One thread polls: what is counted is exact.
class fairness : public edo_test::each_flavour {
 protected:
  static edo::runtime make_fair() {
    auto with_interval = builder();
    with_interval.global_queue_interval(31);
    return edo_test::build(with_interval);
  }
  static bool is_exact() { return GetParam().workers < 2; }
};
INSTANTIATE_TEST_SUITE_P(runtime, fairness, edo_test::all_flavours, edo_test::flavour_name);

TEST_P(fairness, a_fresh_task_from_another_thread_is_polled_within_a_bound_of_polls) {
  crowd all;
  edo::runtime rt = make_fair();
  all.begin(rt, players);
  const edo::handle handle = rt.handle();
  auto prober = rt.spawn([&all, handle]() -> edo::async<unsigned> {
    unsigned worst = 0;
    for (int i = 0; i < rounds; ++i) {
      const unsigned before = all.polls;
      edo::join_handle<unsigned> fresh;
      // The only worker stands still meanwhile, so nothing is counted.
      std::thread([&] {
        fresh = handle.spawn([&all]() -> edo::async<unsigned> { co_return all.polls.load(); });
      }).join();
      const auto at = co_await fresh;
      worst = std::max(worst, at.value() - before);
    }
    co_return worst;
  });
  const unsigned worst = rt.block_on(std::move(prober)).value();
  if (is_exact()) {
    EXPECT_LE(worst, bound);
  }
}

TEST_P(fairness, a_fresh_task_of_a_task_is_polled_within_a_bound_of_polls) {
  crowd all;
  edo::runtime rt = make_fair();
  all.begin(rt, players);
  auto prober = rt.spawn([&all]() -> edo::async<unsigned> {
    unsigned worst = 0;
    for (int i = 0; i < rounds; ++i) {
      const unsigned before = all.polls;
      auto fresh = edo::spawn([&all]() -> edo::async<unsigned> { co_return all.polls.load(); });
      const auto at = co_await fresh;
      worst = std::max(worst, at.value() - before);
    }
    co_return worst;
  });
  const unsigned worst = rt.block_on(std::move(prober)).value();
  if (is_exact()) {
    EXPECT_LE(worst, bound);
  }
}

TEST_P(fairness, a_socket_that_is_ready_is_read_within_a_bound_of_polls) {
  crowd all;
  edo::runtime rt = make_fair();
  auto streams = rt.block_on([]() -> edo::async<std::vector<edo::tcp_stream>> {
    auto listener = co_await edo::tcp_listener::bind("127.0.0.1:0");
    const auto at = listener->local_addr();
    std::vector<edo::tcp_stream> both;
    both.push_back((co_await edo::tcp_stream::connect(*at)).value());
    both.push_back((co_await listener->accept()).value().stream);
    co_return both;
  }());
  all.begin(rt, players);
  std::atomic<unsigned> sent_at{0};
  auto reader = rt.spawn([&]() -> edo::async<unsigned> {
    unsigned worst = 0;
    std::array<char, 1> byte{};
    for (int i = 0; i < rounds; ++i) {
      const auto got = co_await streams[1].read(byte);
      if (!got || *got != 1) break;
      worst = std::max(worst, all.polls.load() - sent_at.load());
      static_cast<void>(co_await streams[1].write_all(byte));
    }
    co_return worst;
  });
  auto writer = rt.spawn([&]() -> edo::async<int> {
    std::array<char, 1> byte{'x'};
    int done = 0;
    for (; done < rounds; ++done) {
      sent_at = all.polls.load();
      if (::send(streams[0].fd(), byte.data(), 1, MSG_NOSIGNAL) != 1) break;
      const auto answer = co_await streams[0].read(byte);
      if (!answer || *answer != 1) break;
    }
    co_return done;
  });
  EXPECT_EQ(rt.block_on(std::move(writer)).value(), rounds);
  const unsigned worst = rt.block_on(std::move(reader)).value();
  if (is_exact()) {
    EXPECT_LE(worst, bound);
  }
}

}  // namespace
