// The oneshot channel: every word and transition, each behaviour by hand, and both sides raced.
#include "edo/sync/oneshot.hpp"

#include "edo/base/random.hpp"
#include "edo/future/ready.hpp"
#include "edo/future/select.hpp"
#include "edo/test/drop_counter.hpp"
#include "edo/test/mock_waker.hpp"
#include "edo/test/task.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

namespace st = edo::detail::oneshot_state;
namespace oneshot = edo::oneshot;

TEST(oneshot_state, every_word_that_can_be_reached_is_legal_and_is_freed_once) {
  // Both sides take every step that they may, in every order.
  enum class tx { live, waking, gone };
  enum class rx { live, waking, gone };
  struct node {
    st::word w;
    tx t;
    rx r;
    int frees;
    auto operator<=>(const node&) const = default;
  };
  std::set<node> seen;
  std::vector<node> open{{0, tx::live, rx::live, 0}};
  const auto visit = [&](node n) {
    EXPECT_TRUE(st::pure::is_legal(n.w));
    EXPECT_LE(n.frees, 1);
    if (seen.insert(n).second) open.push_back(n);
  };
  const auto after = [](st::effect e) { return e == st::effect::free ? 1 : 0; };
  while (!open.empty()) {
    const node n = open.back();
    open.pop_back();
    if (n.t == tx::live) {
      for (const st::step s : {st::pure::send(n.w), st::pure::leave_tx(n.w)}) {
        if (s.owed == st::effect::refused) continue;
        visit({s.next, s.owed == st::effect::wake ? tx::waking : tx::gone, n.r,
               n.frees + after(s.owed)});
      }
      visit({st::pure::set_tx_waker(n.w).next, n.t, n.r, n.frees});
      visit({st::pure::unset_tx_waker(n.w).next, n.t, n.r, n.frees});
    }
    if (n.t == tx::waking) {
      const st::step s = st::pure::tx_woken(n.w);
      visit({s.next, tx::gone, n.r, n.frees + after(s.owed)});
    }
    if (n.r == rx::live) {
      visit({st::pure::close(n.w).next, n.t, n.r, n.frees});
      visit({st::pure::set_rx_waker(n.w).next, n.t, n.r, n.frees});
      visit({st::pure::unset_rx_waker(n.w).next, n.t, n.r, n.frees});
      const st::step s = st::pure::leave_rx(n.w);
      visit({s.next, n.t, s.owed == st::effect::wake ? rx::waking : rx::gone,
             n.frees + after(s.owed)});
    }
    if (n.r == rx::waking) {
      const st::step s = st::pure::rx_woken(n.w);
      visit({s.next, n.t, rx::gone, n.frees + after(s.owed)});
    }
    EXPECT_EQ(n.frees, n.t == tx::gone && n.r == rx::gone ? 1 : 0) << n.w;
  }
  EXPECT_GT(seen.size(), 50U);
}

TEST(oneshot, gives_the_value_that_was_sent) {
  auto [tx, rx] = oneshot::channel<int>();
  auto task = edo::test::spawn(std::move(rx));
  EXPECT_TRUE(task.poll().is_pending());
  EXPECT_FALSE(task.is_woken());
  EXPECT_TRUE(std::move(tx).send(7).has_value());
  EXPECT_TRUE(task.is_woken());
  auto got = task.poll();
  ASSERT_TRUE(got.is_ready());
  EXPECT_EQ(*got.value(), 7);
}

TEST(oneshot, is_ready_at_once_when_the_value_came_first) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(std::move(tx).send(7).has_value());
  auto task = edo::test::spawn(std::move(rx));
  EXPECT_EQ(*task.poll().value(), 7);
  EXPECT_EQ(task.wake_count(), 0U);
}

TEST(oneshot, carries_nothing_as_well) {
  auto [tx, rx] = oneshot::channel<void>();
  EXPECT_TRUE(std::move(tx).send().has_value());
  EXPECT_TRUE(edo::block_on(rx).has_value());
}

TEST(oneshot, tells_the_receiver_that_the_sender_is_gone) {
  auto [tx, rx] = oneshot::channel<int>();
  auto task = edo::test::spawn(std::move(rx));
  EXPECT_TRUE(task.poll().is_pending());
  {
    auto gone = std::move(tx);
  }
  EXPECT_TRUE(task.is_woken());
  EXPECT_EQ(task.poll().value().error(), oneshot::recv_error::closed);
  EXPECT_EQ(make_error_code(oneshot::recv_error::closed), edo::errc::closed);
}

TEST(oneshot, gives_the_value_back_when_the_receiver_is_gone) {
  auto [tx, rx] = oneshot::channel<std::unique_ptr<int>>();
  {
    auto gone = std::move(rx);
  }
  EXPECT_TRUE(tx.is_closed());
  auto sent = std::move(tx).send(std::make_unique<int>(3));
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(*sent.error(), 3);
}

TEST(oneshot, a_value_sent_before_a_close_is_still_received) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(std::move(tx).send(5).has_value());
  rx.close();
  EXPECT_EQ(*rx.try_recv(), 5);
}

TEST(oneshot, a_close_refuses_what_comes_after_it) {
  auto [tx, rx] = oneshot::channel<int>();
  rx.close();
  rx.close();
  EXPECT_TRUE(tx.is_closed());
  EXPECT_EQ(rx.try_recv().error(), oneshot::try_recv_error::closed);
  EXPECT_EQ(std::move(tx).send(5).error(), 5);
  EXPECT_EQ(edo::block_on(rx).error(), oneshot::recv_error::closed);
}

TEST(oneshot, try_recv_tells_empty_from_closed_and_gives_the_value_once) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_EQ(rx.try_recv().error(), oneshot::try_recv_error::empty);
  EXPECT_TRUE(rx.is_empty());
  EXPECT_TRUE(std::move(tx).send(5).has_value());
  EXPECT_FALSE(rx.is_empty());
  EXPECT_FALSE(rx.is_terminated());
  EXPECT_EQ(*rx.try_recv(), 5);
  EXPECT_TRUE(rx.is_empty());
  EXPECT_TRUE(rx.is_terminated());
  EXPECT_EQ(rx.try_recv().error(), oneshot::try_recv_error::closed);
}

TEST(oneshot, try_recv_after_the_sender_is_gone_is_closed) {
  auto [tx, rx] = oneshot::channel<int>();
  {
    auto gone = std::move(tx);
  }
  EXPECT_EQ(rx.try_recv().error(), oneshot::try_recv_error::closed);
}

TEST(oneshot, awaiting_again_after_the_value_is_a_usage_error) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(std::move(tx).send(5).has_value());
  EXPECT_EQ(*edo::block_on(rx), 5);
  try {
    static_cast<void>(edo::block_on(rx));
    ADD_FAILURE() << "no usage_error";
  } catch (const edo::usage_error& e) {
    EXPECT_EQ(e.code(), edo::usage::awaited_twice);
  }
}

TEST(oneshot, sending_twice_is_a_usage_error) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(std::move(tx).send(5).has_value());
  EXPECT_FALSE(tx.valid());
  EXPECT_THROW(static_cast<void>(std::move(tx).send(6)), edo::usage_error);
}

TEST(oneshot, closed_is_ready_when_the_receiver_closes_or_goes) {
  for (const bool drops : {false, true}) {
    auto [tx, rx] = oneshot::channel<int>();
    auto task = edo::test::spawn(tx.closed());
    EXPECT_TRUE(task.poll().is_pending());
    if (drops) {
      auto gone = std::move(rx);
    } else {
      rx.close();
    }
    EXPECT_TRUE(task.is_woken());
    EXPECT_TRUE(task.poll().is_ready());
    EXPECT_FALSE(std::move(tx).send(1).has_value());
  }
}

TEST(oneshot, a_receiver_that_changes_its_task_wakes_only_the_newest) {
  auto [tx, rx] = oneshot::channel<int>();
  edo::test::mock_waker first;
  edo::test::mock_waker second;
  {
    edo::context cx(first.waker());
    EXPECT_TRUE(rx.poll(cx).is_pending());
  }
  {
    edo::context cx(second.waker());
    EXPECT_TRUE(rx.poll(cx).is_pending());
  }
  EXPECT_TRUE(std::move(tx).send(1).has_value());
  EXPECT_EQ(first.wakes(), 0U);
  EXPECT_EQ(second.wakes(), 1U);
}

TEST(oneshot, a_sender_that_changes_its_task_wakes_only_the_newest) {
  auto [tx, rx] = oneshot::channel<int>();
  edo::test::mock_waker first;
  edo::test::mock_waker second;
  for (edo::test::mock_waker* w : {&first, &second}) {
    edo::context cx(w->waker());
    EXPECT_TRUE(tx.poll_closed(cx).is_pending());
  }
  rx.close();
  EXPECT_EQ(first.wakes(), 0U);
  EXPECT_EQ(second.wakes(), 1U);
}

TEST(oneshot, a_poll_with_the_same_waker_clones_nothing) {
  auto [tx, rx] = oneshot::channel<int>();
  edo::test::mock_waker w;
  edo::context cx(w.waker());
  EXPECT_TRUE(rx.poll(cx).is_pending());
  const auto references = w.live();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rx.poll(cx).is_pending());
  EXPECT_EQ(w.live(), references);
  {
    auto gone = std::move(rx);
  }
  EXPECT_EQ(w.live(), references - 1);  // not held until the sender goes
}

TEST(oneshot, dropping_a_wait_by_reference_loses_nothing) {
  auto [tx, rx] = oneshot::channel<int>();
  {
    auto task = edo::test::spawn(edo::select(rx, edo::ready(1)));
    static_cast<void>(task.poll());
  }
  EXPECT_TRUE(std::move(tx).send(9).has_value());
  EXPECT_EQ(*edo::block_on(rx), 9);
}

TEST(oneshot, a_value_is_destroyed_once_whoever_has_it) {
  for (int way = 0; way < 4; ++way) {
    edo::test::drop_counter drops;
    {
      auto [tx, rx] = oneshot::channel<edo::test::drop_counter::token>();
      if (way == 0) {  // taken
        EXPECT_TRUE(std::move(tx).send(drops.make()).has_value());
        EXPECT_TRUE(edo::block_on(rx).has_value());
      } else if (way == 1) {  // never taken
        EXPECT_TRUE(std::move(tx).send(drops.make()).has_value());
      } else if (way == 2) {  // refused
        rx.close();
        EXPECT_FALSE(std::move(tx).send(drops.make()).has_value());
      }
    }
    EXPECT_EQ(drops.live(), 0U);
  }
}

struct throws_on_move {
  throws_on_move() = default;
  throws_on_move(throws_on_move&& other) : armed(other.armed) {
    if (armed && --*armed == 0) throw std::runtime_error("move");
  }
  std::shared_ptr<int> armed;
};

TEST(oneshot, a_throwing_move_leaves_the_channel_as_it_was) {
  auto [tx, rx] = oneshot::channel<throws_on_move>();
  throws_on_move value;
  value.armed = std::make_shared<int>(2);  // into the parameter, then into the slot
  EXPECT_THROW(static_cast<void>(std::move(tx).send(std::move(value))), std::runtime_error);
  EXPECT_TRUE(tx.valid());
  EXPECT_EQ(rx.try_recv().error(), oneshot::try_recv_error::empty);
  EXPECT_TRUE(std::move(tx).send(throws_on_move()).has_value());
  EXPECT_TRUE(rx.try_recv().has_value());
}

TEST(oneshot, charges_the_budget_once_and_yields_when_it_is_spent) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(std::move(tx).send(1).has_value());
  edo::test::mock_waker w;
  unsigned budget = 0;
  edo::context spent(w.waker(), &budget);
  EXPECT_TRUE(rx.poll(spent).is_pending());
  EXPECT_EQ(w.wakes(), 1U);
  budget = 2;
  edo::context fresh(w.waker(), &budget);
  EXPECT_TRUE(rx.poll(fresh).is_ready());
  EXPECT_EQ(budget, 1U);
}

TEST(oneshot, blocking_recv_waits_and_is_refused_inside_a_task) {
  auto [tx, rx] = oneshot::channel<int>();
  std::thread other([s = std::move(tx)]() mutable { EXPECT_TRUE(std::move(s).send(4)); });
  EXPECT_EQ(*rx.blocking_recv(), 4);
  other.join();
  auto [tx2, rx2] = oneshot::channel<int>();
  const auto body = [](oneshot::receiver<int>* r) -> edo::async<int> {
    static_cast<void>(r->blocking_recv());
    co_return 1;
  };
  EXPECT_THROW(edo::block_on(body(&rx2)), edo::usage_error);
}

// Both sides on threads of their own, with random steps in random order.
TEST(oneshot, no_value_is_lost_or_doubled_when_both_sides_race) {
  constexpr int rounds = 3000;
  for (int round = 0; round < rounds; ++round) {
    edo::test::drop_counter drops;
    {
      auto [tx, rx] = oneshot::channel<edo::test::drop_counter::token>();
      std::atomic<bool> accepted{false};
      bool received = false;
      bool closed = false;
      std::thread other([s = std::move(tx), &accepted, &drops, round]() mutable {
        edo::detail::random rng(static_cast<std::uint64_t>(round) + 1);
        edo::test::mock_waker w;
        edo::context cx(w.waker());
        if (rng.below(2) == 0) static_cast<void>(s.poll_closed(cx));
        if (rng.below(4) == 0) return;  // dropped
        accepted.store(std::move(s).send(drops.make()).has_value());
      });
      edo::detail::random rng(static_cast<std::uint64_t>(round) * 31 + 7);
      {
        auto r = std::move(rx);
        switch (rng.below(4)) {
          case 0:
            break;  // dropped
          case 1:
            received = r.try_recv().has_value();
            break;
          case 2:
            r.close();
            closed = true;
            [[fallthrough]];
          default:
            received = closed ? r.try_recv().has_value() : edo::block_on(r).has_value();
            break;
        }
      }
      other.join();
      EXPECT_TRUE(accepted.load() || !received);
    }
    EXPECT_EQ(drops.live(), 0U);
  }
}

}  // namespace
