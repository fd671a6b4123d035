// A runtime whose tasks all wait uses no processor at all.
#include "edo/base/config.hpp"
#include "edo/time/sleep.hpp"

#include "unit/runtime/flavours.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

struct use {
  std::uint64_t switches = 0;
  std::uint64_t run_ns = 0;
  friend bool operator==(const use&, const use&) = default;
};

/// Of each thread of this process that has the name.
std::map<std::string, use> use_of_threads(const std::string& name) {
  std::map<std::string, use> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string comm;
    std::getline(std::ifstream(entry.path() / "comm") >> std::ws, comm);
    if (comm != name) continue;
    use& of = all[entry.path().filename()];
    std::ifstream status(entry.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.find("ctxt_switches:") == std::string::npos) continue;
      of.switches += std::stoull(line.substr(line.find(':') + 1));
    }
    std::ifstream(entry.path() / "schedstat") >> of.run_ns;
  }
  return all;
}

TEST(idle, eight_workers_and_a_hundred_thousand_waiting_tasks_do_not_run_for_five_seconds) {
  if (edo::detail::thread_sanitizer) {
    GTEST_SKIP() << "there a sleep is cut into slices, so that signals are delivered";
  }
  const std::string name = "edo-idle-test";
  auto builder = edo::runtime_builder::multi_thread();
  builder.worker_threads(8).thread_name(name);
  edo::runtime rt = edo_test::build(builder);
  std::atomic<int> waiting{0};
  std::vector<edo::join_handle<void>> tasks;
  for (int i = 0; i < 100'000; ++i) {
    tasks.push_back(rt.spawn([&waiting]() -> edo::async<void> {
      waiting.fetch_add(1, std::memory_order_relaxed);
      co_await edo::sleep(1h);
    }));
  }
  rt.block_on([&]() -> edo::async<void> {
    while (waiting < 100'000) co_await edo::yield_now();
  }());
  // The last ones go to sleep. Then the time itself is what is tested.
  std::map<std::string, use> before;
  for (int i = 0; i < 100; ++i) {
    before = use_of_threads(name);
    std::this_thread::sleep_for(50ms);
    if (use_of_threads(name) == before) break;
  }
  ASSERT_EQ(before.size(), 8u);
  std::this_thread::sleep_for(5s);
  const auto after = use_of_threads(name);
  for (const auto& [id, then] : before) {
    const use now = after.at(id);
    EXPECT_EQ(now.switches, then.switches) << id;
    EXPECT_EQ(now.run_ns, then.run_ns) << id;
  }
}

}  // namespace
