// local_set, spawn_local and local_runtime: tasks that stay on their thread.
#include "edo/runtime/local_set.hpp"

#include "edo/base/error.hpp"
#include "edo/future/async_block.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/runtime/local_runtime.hpp"
#include "edo/test/check.hpp"
#include "edo/test/task.hpp"

#include "unit/runtime/flavours.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using edo_test::flag;

/// Tells on which thread it was destroyed.
class witness {
 public:
  explicit witness(std::thread::id& at) : at_(&at) {}
  witness(witness&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
  witness& operator=(witness&&) = delete;
  ~witness() {
    if (at_ != nullptr) *at_ = std::this_thread::get_id();
  }

 private:
  std::thread::id* at_;
};

edo::usage code_of(auto&& call) {
  try {
    call();
  } catch (const edo::usage_error& error) {
    return error.code();
  }
  return edo::usage{};
}

edo::async<int> give(int value) {
  co_await edo::yield_now();
  co_return value;
}

edo::async<int> sum_of_local_tasks() {
  auto one = edo::spawn_local(give(1));
  auto two = edo::spawn_local(give, 2);
  auto three = edo::spawn_local([](int a, int b) -> edo::async<int> { co_return a + b; }, 1, 2);
  auto results = co_await edo::try_join(one, two, three);
  auto [a, b, c] = results.value();
  co_return a + b + c;
}

class local_set : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime, local_set, edo_test::all_flavours, edo_test::flavour_name);

TEST_P(local_set, run_until_drives_its_tasks_and_gives_the_output) {
  edo::runtime rt = make();
  const edo::local_set set;
  EXPECT_EQ(rt.block_on(set.run_until(sum_of_local_tasks())), 6);
  EXPECT_EQ(set.block_on(rt.handle(), sum_of_local_tasks()), 6);
  EXPECT_TRUE(set.is_empty());
}

TEST_P(local_set, every_poll_is_at_home_although_wakes_come_from_other_threads) {
  edo::runtime rt = make();
  const edo::local_set set;
  std::vector<std::thread::id> polled;
  const auto hops = [&polled]() -> edo::async<void> {
    for (int i = 0; i < 50; ++i) {
      polled.push_back(std::this_thread::get_id());
      auto job = edo::spawn_blocking([] {});
      static_cast<void>(co_await job);
    }
  };
  rt.block_on(set.run_until(edo::async_block([&]() -> edo::async<void> {
    auto a = edo::spawn_local(hops);
    auto b = edo::spawn_local(hops);
    static_cast<void>(co_await edo::join(a, b));
  })));
  EXPECT_EQ(polled.size(), 100u);
  for (const std::thread::id at : polled) EXPECT_EQ(at, std::this_thread::get_id());
}

TEST_P(local_set, an_abort_from_another_thread_destroys_the_task_at_home) {
  edo::runtime rt = make();
  const edo::local_set set;
  std::thread::id destroyed_at;
  rt.block_on(set.run_until(edo::async_block([&]() -> edo::async<void> {
    auto task =
        edo::spawn_local([](witness) -> edo::async<void> { co_await edo::pending_forever(); },
                         witness(destroyed_at));
    co_await edo::yield_now();
    const edo::abort_handle abort = task.abort_handle();
    auto job = edo::spawn_blocking([abort] { abort.abort(); });
    static_cast<void>(co_await job);
    auto ended = co_await task;
    EXPECT_TRUE(!ended.has_value() && ended.error().is_cancelled());
  })));
  EXPECT_EQ(destroyed_at, std::this_thread::get_id());
}

TEST_P(local_set, awaited_itself_it_is_ready_when_no_task_is_left) {
  edo::runtime rt = make();
  edo::local_set set;
  int ended = 0;
  const auto body = [&ended]() -> edo::async<void> {
    for (int i = 0; i < 3; ++i) co_await edo::yield_now();
    ++ended;
  };
  for (int i = 0; i < 5; ++i) static_cast<void>(set.spawn_local(body));
  EXPECT_EQ(set.size(), 5u);
  rt.block_on(set);
  EXPECT_EQ(ended, 5);
  static_cast<void>(set.spawn_local(body));
  rt.block_on(set);
  EXPECT_EQ(ended, 6);
}

TEST_P(local_set, its_end_cancels_its_tasks_at_home_and_their_handles_say_so) {
  edo::runtime rt = make();
  std::thread::id destroyed_at;
  std::optional<edo::local_set> set(std::in_place);
  auto task = set->spawn_local([](witness) -> edo::async<void> { co_await edo::pending_forever(); },
                               witness(destroyed_at));
  rt.block_on(set->run_until(give(0)));
  EXPECT_FALSE(task.is_finished());
  set.reset();
  EXPECT_EQ(destroyed_at, std::this_thread::get_id());
  auto ended = rt.block_on(std::move(task));
  EXPECT_TRUE(!ended.has_value() && ended.error().is_cancelled());
}

TEST_P(local_set, tasks_that_never_wait_do_not_keep_the_root_waiting) {
  edo::runtime rt = make();
  const edo::local_set set;
  unsigned polls = 0;
  static_cast<void>(set.spawn_local([&polls]() -> edo::async<void> {
    for (;;) {
      ++polls;
      co_await edo::yield_now();
    }
  }));
  rt.block_on(set.run_until(edo::async_block([]() -> edo::async<void> {
    for (int i = 0; i < 10; ++i) co_await edo::yield_now();
  })));
  EXPECT_GE(polls, 10u);
  EXPECT_LE(polls, 61u * 11u);
}

TEST_P(local_set, an_exception_of_a_task_reaches_its_handle) {
  edo::runtime rt = make();
  const edo::local_set set;
  rt.block_on(set.run_until(edo::async_block([]() -> edo::async<void> {
    auto task = edo::spawn_local([]() -> edo::async<int> {
      throw std::runtime_error("local");
      co_return 1;
    });
    auto ended = co_await task;
    EXPECT_TRUE(!ended.has_value() && ended.error().is_exception());
  })));
}

TEST_P(local_set, what_is_polled_on_another_thread_is_refused) {
  edo::runtime rt = make();
  edo::local_set set;
  edo::usage seen[3]{};
  std::thread elsewhere([&] {
    seen[0] = code_of([&] { rt.block_on(set.run_until(give(1))); });
    seen[1] = code_of([&] { static_cast<void>(set.spawn_local(give(1))); });
    seen[2] = code_of([&] { const auto guard = set.enter(); });
  });
  elsewhere.join();
  for (const edo::usage code : seen) EXPECT_EQ(code, edo::usage::wrong_thread);
  EXPECT_EQ(rt.block_on(set.run_until(give(2))), 2);  // and it is unharmed
}

TEST_P(local_set, ended_by_its_own_task_it_ends_after_that_poll) {
  edo::runtime rt = make();
  std::thread::id destroyed_at;
  auto set = std::make_unique<edo::local_set>();
  auto idle = set->spawn_local([](witness) -> edo::async<void> { co_await edo::pending_forever(); },
                               witness(destroyed_at));
  auto own = set->spawn_local([&set]() -> edo::async<void> {
    co_await edo::yield_now();
    set.reset();
    co_await edo::yield_now();  // never comes back
    ADD_FAILURE() << "polled after its end";
  });
  auto ended = rt.block_on(set->run_until(own));
  EXPECT_TRUE(!ended.has_value() && ended.error().is_cancelled());
  EXPECT_TRUE(idle.is_finished());
  EXPECT_EQ(destroyed_at, std::this_thread::get_id());
}

TEST_P(local_set, wakers_that_outlive_it_do_nothing) {
  edo::runtime rt = make();
  edo::waker kept;
  {
    const edo::local_set set;
    static_cast<void>(
        set.spawn_local(edo::poll_fn([&kept](edo::context& cx) -> edo::poll_result<void> {
          kept = cx.waker();
          return edo::pending;
        })));
    rt.block_on(set.run_until(give(0)));
  }
  std::thread elsewhere([&kept] { kept.wake_by_ref(); });
  elsewhere.join();
  kept.wake_by_ref();
}

TEST(local_set_alone, spawn_local_without_a_set_throws_with_the_callers_line) {
  try {
    static_cast<void>(edo::spawn_local(give(1)));
    ADD_FAILURE() << "spawned";
  } catch (const edo::usage_error& error) {
    EXPECT_EQ(error.code(), edo::usage::no_local_set);
    EXPECT_STREQ(error.where().file_name(), __FILE__);
  }
}

TEST(local_set_alone, spawning_wakes_the_driver) {
  edo::local_set set;
  static_cast<void>(set.spawn_local(edo::pending_forever()));
  auto task = edo::test::spawn(set.run_until(edo::pending_forever()));
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.is_woken());
  bool ran = false;
  static_cast<void>(set.spawn_local([&ran]() -> edo::async<void> {
    ran = true;
    co_return;
  }));
  EXPECT_TRUE(task.is_woken());
  EXPECT_FALSE(ran);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_TRUE(ran);
  EXPECT_FALSE(task.is_woken());
}

TEST(local_set_alone, a_dropped_driver_leaves_the_others_to_drive) {
  edo::local_set set;
  flag go;
  auto work = set.spawn_local([&go]() -> edo::async<void> { co_await go.wait(); });
  auto first = edo::test::spawn(set.run_until(edo::pending_forever()));
  EDO_CHECK_PENDING(first.poll());
  {
    auto second = edo::test::spawn(set.run_until(edo::pending_forever()));
    EDO_CHECK_PENDING(second.poll());
    go.set();
    EXPECT_TRUE(second.is_woken());
  }
  EXPECT_TRUE(first.is_woken());
  EDO_CHECK_PENDING(first.poll());
  EXPECT_TRUE(work.is_finished());
}

TEST(local_set_alone, run_until_shares_the_budget_of_its_task_and_the_tasks_have_their_own) {
  edo::local_set set;
  unsigned charged = 0;
  static_cast<void>(
      set.spawn_local(edo::poll_fn([&charged](edo::context& cx) -> edo::poll_result<void> {
        while (cx.try_charge()) ++charged;
        return edo::done;
      })));
  unsigned budget = 5;
  edo::context cx(edo::waker::noop(), &budget);
  auto root = set.run_until(edo::poll_fn([](edo::context& inner) -> edo::poll_result<void> {
    for (int i = 0; i < 3; ++i) static_cast<void>(inner.try_charge());
    return edo::pending;
  }));
  EXPECT_TRUE(root.poll(cx).is_pending());
  EXPECT_EQ(budget, 2u);
  EXPECT_EQ(charged, 128u);
}

TEST(local_set_alone, an_entered_set_takes_tasks_before_it_is_driven) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
  const edo::local_set outer;
  edo::local_set inner;
  {
    const auto guard = outer.enter();
    {
      const auto nested = inner.enter();
      static_cast<void>(edo::spawn_local(give(1)));
    }
    static_cast<void>(edo::spawn_local(give(1)));
    static_cast<void>(edo::spawn_local(give(1)));
  }
  EXPECT_EQ(outer.size(), 2u);
  EXPECT_EQ(inner.size(), 1u);
  EXPECT_EQ(code_of([] { static_cast<void>(edo::spawn_local(give(1))); }),
            edo::usage::no_local_set);
}

edo::local_runtime make_local(const edo::runtime_builder& builder) {
  auto built = builder.build_local();
  if (!built) throw std::system_error(built.error());
  return *std::move(built);
}

TEST(local_runtime, runs_local_and_ordinary_tasks_on_its_thread) {
  edo::local_runtime rt = make_local(edo::runtime_builder::current_thread());
  const auto here = [] { return std::this_thread::get_id(); };
  const auto body = [&]() -> edo::async<bool> {
    auto local = edo::spawn_local([&]() -> edo::async<std::thread::id> { co_return here(); });
    auto shared = edo::spawn([&]() -> edo::async<std::thread::id> { co_return here(); });
    auto nested = edo::spawn_local(sum_of_local_tasks());
    auto [a, b, c] = co_await edo::join(local, shared, nested);
    co_return *a == here() && *b == here() && *c == 6;
  };
  EXPECT_TRUE(rt.block_on(body()));
  auto waits = rt.spawn_local(give(4));
  EXPECT_EQ(*rt.block_on(waits), 4);
}

TEST(local_runtime, its_end_destroys_local_tasks_in_its_context) {
  bool had_runtime = false;
  struct asks {
    bool* answer;
    explicit asks(bool& a) : answer(&a) {}
    asks(asks&& other) noexcept : answer(std::exchange(other.answer, nullptr)) {}
    asks& operator=(asks&&) = delete;
    ~asks() {
      if (answer != nullptr) *answer = edo::handle::try_current().has_value();
    }
  };
  {
    edo::local_runtime rt = make_local(edo::runtime_builder::current_thread());
    static_cast<void>(rt.spawn_local(
        [](asks) -> edo::async<void> { co_await edo::pending_forever(); }, asks(had_runtime)));
    rt.block_on(give(0));
  }
  EXPECT_TRUE(had_runtime);
}

TEST(local_runtime, tells_hooks_and_the_policy_of_exceptions_of_its_tasks) {
  std::atomic<int> spawned{0};
  std::atomic<int> ended{0};
  std::atomic<int> polled{0};
  std::atomic<int> unseen{0};
  auto builder = edo::runtime_builder::current_thread();
  builder.on_task_spawn([&](const edo::task_meta&) { ++spawned; });
  builder.on_before_poll([&](const edo::task_meta&) { ++polled; });
  builder.on_task_terminate([&](const edo::task_meta&) { ++ended; });
  builder.on_unhandled_exception([&](const edo::unhandled_exception&) { ++unseen; });
  {
    edo::local_runtime rt = make_local(builder);
    static_cast<void>(rt.spawn_local([]() -> edo::async<void> {
      throw std::runtime_error("nobody looks");
      co_return;
    }));
    rt.block_on(give(0));
  }
  EXPECT_EQ(spawned, 1);
  EXPECT_EQ(polled, 1);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(unseen, 1);
}

TEST(local_runtime, its_guard_makes_it_the_threads_and_it_shuts_down) {
  edo::local_runtime rt =
      make_local(edo::runtime_builder::multi_thread());  // the flavour is no matter
  {
    const auto guard = rt.enter();
    static_cast<void>(edo::spawn_local(edo::pending_forever()));
    EXPECT_TRUE(edo::handle::try_current().has_value());
  }
  const edo::handle handle = rt.handle();
  const auto report = std::move(rt).shutdown_timeout(std::chrono::seconds(1));
  EXPECT_EQ(report.threads_left, 0u);
  EXPECT_TRUE(handle.spawn(give(1)).is_finished());
}

// Threads wake and abort tasks of a set while it runs and ends.
TEST(local_set_stress, wakes_and_aborts_from_other_threads_lose_nothing) {
  edo::runtime rt = edo_test::build(edo::runtime_builder::current_thread());
  for (int round = 0; round < 50; ++round) {
    constexpr int count = 16;
    std::vector<std::unique_ptr<flag>> flags;
    std::vector<edo::join_handle<void>> handles;
    std::atomic<int> destroyed_elsewhere{0};
    edo::local_set set;
    const std::thread::id home = std::this_thread::get_id();
    struct checks_home {
      std::atomic<int>& elsewhere;
      std::thread::id home;
      ~checks_home() {
        if (std::this_thread::get_id() != home) ++elsewhere;
      }
    };
    for (int i = 0; i < count; ++i) {
      flags.push_back(std::make_unique<flag>());
      handles.push_back(set.spawn_local(
          [&destroyed_elsewhere, home, f = flags.back().get()]() -> edo::async<void> {
            const checks_home check{destroyed_elsewhere, home};
            co_await f->wait();
          }));
    }
    std::vector<edo::abort_handle> aborts;
    for (auto& handle : handles) aborts.push_back(handle.abort_handle());
    std::thread waking([&] {
      for (auto& f : flags) f->set();
    });
    std::thread aborting([&] {
      for (auto& a : aborts) a.abort();
    });
    rt.block_on(set);
    for (auto& handle : handles) EXPECT_TRUE(handle.is_finished());
    waking.join();
    aborting.join();
    EXPECT_EQ(destroyed_elsewhere, 0);
  }
}

}  // namespace
