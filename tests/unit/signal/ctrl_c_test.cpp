#include "edo/signal/ctrl_c.hpp"

#include "edo/base/error.hpp"
#include "edo/test/task.hpp"

#include "driver/signal_hub.hpp"
#include "unit/driver/support.hpp"

#include <csignal>
#include <thread>

namespace {

using namespace driver_test;
using edo::ctrl_c_future;
using edo::detail::driver_ref;
using edo::detail::signal_hub;

// The process's only hub: each test waits for signals that it raises itself.
class ctrl_c_test : public testing::Test {
 protected:
  static auto listen(const real_driver& on) {
    return edo::test::spawn(ctrl_c_future(driver_ref(*on.driver)));
  }
  /// The descriptor is an event for a driver that has just begun to watch.
  static void settle(const real_driver& on) { on.driver->poll(); }

  real_driver d;
};

TEST_F(ctrl_c_test, is_ready_when_the_signal_has_come) {
  auto task = listen(d);
  settle(d);
  EDO_CHECK_PENDING(task.poll());
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_EQ(d.driver->park(), 1U);
  EXPECT_TRUE(task.is_woken());
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(ctrl_c_test, counts_from_the_call_not_from_the_first_poll) {
  auto task = listen(d);
  ASSERT_EQ(::raise(SIGINT), 0);
  settle(d);
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(ctrl_c_test, tells_of_each_signal_once_and_of_several_as_one) {
  auto first = listen(d);
  EDO_CHECK_PENDING(first.poll());
  ASSERT_EQ(::raise(SIGINT), 0);
  ASSERT_EQ(::raise(SIGINT), 0);
  d.driver->park();
  EXPECT_TRUE(EDO_CHECK_READY(first.poll()));
  auto second = listen(d);
  EDO_CHECK_PENDING(second.poll());
  settle(d);
  EDO_CHECK_PENDING(second.poll());
  ASSERT_EQ(::raise(SIGINT), 0);
  d.driver->park();
  EXPECT_TRUE(EDO_CHECK_READY(second.poll()));
}

TEST_F(ctrl_c_test, all_listeners_in_all_runtimes_are_told_by_whoever_looks_first) {
  const real_driver other;
  auto here = listen(d);
  auto here_too = listen(d);
  auto there = listen(other);
  for (auto* task : {&here, &here_too, &there}) EDO_CHECK_PENDING(task->poll());
  ASSERT_EQ(::raise(SIGINT), 0);
  d.driver->park();  // the other driver stands still
  for (auto* task : {&here, &here_too, &there}) {
    EXPECT_TRUE(task->is_woken());
    EXPECT_TRUE(EDO_CHECK_READY(task->poll()));
  }
}

TEST_F(ctrl_c_test, goes_on_after_another_runtime_has_died) {
  auto task = listen(d);
  EDO_CHECK_PENDING(task.poll());
  {
    const real_driver other;
    auto doomed = listen(other);
    EDO_CHECK_PENDING(doomed.poll());
    other.driver->shutdown();
    EXPECT_TRUE(doomed.is_woken());
    EXPECT_EQ(EDO_CHECK_READY(doomed.poll()).error(), edo::errc::runtime_shutdown);
  }
  EXPECT_FALSE(task.is_woken());
  ASSERT_EQ(::raise(SIGINT), 0);
  while (!task.is_woken()) d.driver->park();
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(ctrl_c_test, dropping_it_leaves_nothing_behind_and_keeps_the_handler) {
  auto task = listen(d);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_EQ(task.waker_ref_count(), 1U);
  task.drop();
  EXPECT_EQ(task.waker_ref_count(), 0U);
  ASSERT_EQ(::raise(SIGINT), 0);  // would end the process
  EXPECT_EQ(d.driver->poll(), 0U);
}

TEST_F(ctrl_c_test, charges_the_budget_when_ready) {
  auto task = listen(d);
  task.set_budget(0);
  EDO_CHECK_PENDING(task.poll());
  EXPECT_FALSE(task.is_woken());
  ASSERT_EQ(::raise(SIGINT), 0);
  d.driver->park();
  EDO_CHECK_PENDING(task.poll());
  EXPECT_TRUE(task.is_woken());
  task.set_budget(1);
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(ctrl_c_test, a_signal_to_a_sleeping_driver_wakes_it) {
  auto task = listen(d);
  EDO_CHECK_PENDING(task.poll());
  std::thread other([] { ::kill(::getpid(), SIGINT); });
  while (!task.is_woken()) d.driver->park();
  other.join();
  EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST_F(ctrl_c_test, an_earlier_handler_of_the_program_is_still_called) {
  static edo::atomic<int> called{0};
  struct sigaction mine{};
  mine.sa_handler = [](int) { called.fetch_add(1, edo::memory_order_relaxed); };
  ASSERT_EQ(::sigaction(SIGUSR2, &mine, nullptr), 0);
  signal_hub& hub = signal_hub::instance();
  ASSERT_TRUE(d.driver->watch_signals());
  ASSERT_TRUE(hub.install(SIGUSR2));
  ASSERT_TRUE(hub.install(SIGUSR2));  // chains to itself if it were not remembered
  const std::uint32_t before = hub.count(SIGUSR2);
  ASSERT_EQ(::raise(SIGUSR2), 0);
  d.driver->park();
  EXPECT_EQ(called.load(edo::memory_order_relaxed), 1);
  EXPECT_EQ(hub.count(SIGUSR2), before + 1);
}

TEST_F(ctrl_c_test, the_handler_keeps_errno) {
  auto task = listen(d);
  errno = EDOM;
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_EQ(errno, EDOM);
}

TEST_F(ctrl_c_test, signals_that_cannot_be_caught_are_refused) {
  signal_hub& hub = signal_hub::instance();
  for (const int number : {SIGKILL, SIGSTOP, 0, -1, 65, 1000}) {
    const auto installed = hub.install(number);
    ASSERT_FALSE(installed) << number;
    EXPECT_EQ(installed.error(), std::errc::invalid_argument);
  }
}

TEST_F(ctrl_c_test, more_waiters_than_a_batch_are_all_woken) {
  std::vector<edo::test::spawned<ctrl_c_future>> tasks;
  for (int i = 0; i < 100; ++i) tasks.push_back(listen(d));
  for (auto& task : tasks) EDO_CHECK_PENDING(task.poll());
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_EQ(d.driver->park(), 100U);
  for (auto& task : tasks) EXPECT_TRUE(EDO_CHECK_READY(task.poll()));
}

TEST(ctrl_c, outside_of_a_runtime_is_misuse) {
  EXPECT_THROW(static_cast<void>(edo::ctrl_c()), edo::usage_error);
}

}  // namespace
