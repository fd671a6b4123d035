#include "unit/driver/support.hpp"

#include <array>
#include <csignal>
#include <dirent.h>
#include <string>
#include <sys/resource.h>
#include <thread>

namespace {

using namespace driver_test;
using edo::detail::event_key;
using edo::detail::reactor;

struct epoll_test : testing::Test {
  std::vector<ready_event> wait(std::int64_t limit_ns = 0) const {
    std::array<ready_event, 64> out;
    const std::size_t count = events->wait(limit_ns, out);
    return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)};
  }

  std::unique_ptr<reactor> events = *edo::detail::make_epoll_reactor();
};

TEST_F(epoll_test, reports_the_key_that_a_descriptor_was_added_with) {
  const socket_pair pair;
  ASSERT_TRUE(events->add(pair.a.get(), {.slot = 7, .generation = 0x8000'0001U}));
  const auto found = wait();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, (event_key{.slot = 7, .generation = 0x8000'0001U}));
  EXPECT_EQ(found[0].bits, ready_state::writable);
}

TEST_F(epoll_test, reports_each_change_once) {
  const socket_pair pair;
  ASSERT_TRUE(events->add(pair.a.get(), {}));
  EXPECT_EQ(wait().size(), 1U);
  EXPECT_TRUE(wait().empty());
  send_byte(pair.b.get());
  auto found = wait();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].bits, ready_state::readable | ready_state::writable);
  EXPECT_TRUE(wait().empty());
  send_byte(pair.b.get());  // more, though nobody has read the first
  EXPECT_EQ(wait().size(), 1U);
}

TEST_F(epoll_test, reports_what_was_there_when_the_descriptor_was_added) {
  const socket_pair pair;
  send_byte(pair.b.get());
  ASSERT_TRUE(events->add(pair.a.get(), {}));
  const auto found = wait();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].bits & ready_state::readable, ready_state::readable);
}

TEST_F(epoll_test, tells_a_half_close_from_a_full_one) {
  socket_pair pair;
  ASSERT_TRUE(events->add(pair.a.get(), {}));
  EXPECT_EQ(wait().size(), 1U);
  ASSERT_EQ(::shutdown(pair.b.get(), SHUT_WR), 0);
  auto found = wait();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].bits & ready_state::read_closed, 0U);
  EXPECT_EQ(found[0].bits & ready_state::write_closed, 0U);
  pair.b.reset();
  found = wait();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].bits & ready_state::write_closed, 0U);
}

TEST_F(epoll_test, an_error_makes_both_directions_worth_a_try) {
  pipe_pair pipe;
  ASSERT_TRUE(events->add(pipe.writer.get(), {}));
  EXPECT_EQ(wait().size(), 1U);
  pipe.reader.reset();
  const auto found = wait();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].bits & ready_state::error, 0U);
  EXPECT_NE(found[0].bits & ready_state::writable, 0U);
}

TEST_F(epoll_test, a_removed_descriptor_is_silent) {
  const socket_pair pair;
  ASSERT_TRUE(events->add(pair.a.get(), {}));
  events->remove(pair.a.get(), {});
  events->remove(pair.a.get(), {});
  EXPECT_TRUE(wait().empty());
}

TEST_F(epoll_test, a_descriptor_that_cannot_be_waited_for_is_refused) {
  const unique_fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto added = events->add(file.get(), {});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error(), std::errc::operation_not_permitted);
}

TEST_F(epoll_test, a_wake_before_the_wait_ends_it_and_is_no_event) {
  events->wake();
  EXPECT_TRUE(wait(-1).empty());  // would never return
  EXPECT_TRUE(wait(0).empty());
}

TEST_F(epoll_test, a_wake_from_another_thread_ends_the_wait) {
  std::thread other([this] { events->wake(); });
  EXPECT_TRUE(wait(-1).empty());
  other.join();
}

TEST_F(epoll_test, never_returns_before_its_limit) {
  for (const std::int64_t limit : {std::int64_t{1}, std::int64_t{300'000}, ms, 2 * ms + 1}) {
    const std::int64_t before = edo::detail::monotonic_now_ns();
    EXPECT_TRUE(wait(limit).empty());
    EXPECT_GE(edo::detail::monotonic_now_ns() - before, limit);
  }
}

// A signal interrupts the wait; the wait goes on, and ends for the wake that the handler's thread
// sends afterwards.
TEST_F(epoll_test, a_signal_does_not_end_the_wait) {
  static edo::atomic<int> handled{0};
  handled.store(0, edo::memory_order_relaxed);
  struct sigaction action{};
  struct sigaction before{};
  action.sa_handler = [](int) { handled.fetch_add(1, edo::memory_order_relaxed); };
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  const pthread_t waiting = ::pthread_self();
  const socket_pair pair;
  ASSERT_TRUE(events->add(pair.a.get(), {.slot = 1}));
  EXPECT_EQ(wait().size(), 1U);
  std::thread other([&] {
    for (int i = 1; i <= 20; ++i) {
      ::pthread_kill(waiting, SIGUSR1);
      while (handled.load(edo::memory_order_relaxed) < i) std::this_thread::yield();
    }
    send_byte(pair.b.get());
  });
  EXPECT_EQ(wait(-1).size(), 1U);
  other.join();
  EXPECT_EQ(handled.load(edo::memory_order_relaxed), 20);
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_F(epoll_test, more_events_than_the_batch_come_with_the_next_waits) {
  std::vector<socket_pair> pairs(40);
  for (std::uint32_t i = 0; i < 40; ++i) {
    ASSERT_TRUE(events->add(pairs[i].a.get(), {.slot = i}));
  }
  std::array<ready_event, 16> out;
  std::vector<bool> seen(40);
  std::size_t total = 0;
  for (int turn = 0; turn < 3; ++turn) {
    const std::size_t count = events->wait(0, out);
    EXPECT_LE(count, out.size());
    for (std::size_t i = 0; i < count; ++i) seen[out[i].key.slot] = true;
    total += count;
  }
  EXPECT_EQ(total, 40U);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 40);
}

TEST(epoll, every_descriptor_is_closed_on_exec_and_with_its_reactor) {
  const auto open_fds = [] {
    std::vector<int> fds;
    DIR* dir = ::opendir("/proc/self/fd");
    while (const dirent* entry = ::readdir(dir)) {
      const std::string name = entry->d_name;
      if (name != "." && name != ".." && std::stoi(name) != ::dirfd(dir)) {
        fds.push_back(std::stoi(name));
      }
    }
    ::closedir(dir);
    std::sort(fds.begin(), fds.end());
    return fds;
  };
  const std::vector<int> before = open_fds();
  {
    const auto made = edo::detail::make_epoll_reactor();
    ASSERT_TRUE(made);
    for (const int fd : open_fds()) {
      if (std::binary_search(before.begin(), before.end(), fd)) continue;
      EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << fd;
    }
  }
  EXPECT_EQ(open_fds(), before);
}

TEST(epoll, a_process_out_of_descriptors_gets_an_error) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const unique_fd next(::dup(0));
  for (const int spare : {0, 1}) {  // none for epoll, then one for epoll and none for the eventfd
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next.get() + 1 + spare),
                       .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    const auto made = edo::detail::make_epoll_reactor();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error(), std::errc::too_many_files_open);
  }
}

}  // namespace
