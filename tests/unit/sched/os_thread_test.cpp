#include "sched/os_thread.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <string>

namespace {

using edo::detail::os_thread;

TEST(os_thread, runs_its_entry_under_its_name) {
  struct seen {
    char name[16] = {};
    bool current = false;
  } out;
  auto thread = os_thread::start(
      {"a-name", 0},
      [](void* data) noexcept {
        auto& s = *static_cast<seen*>(data);
        pthread_getname_np(pthread_self(), s.name, sizeof s.name);
        s.current = os_thread::current().is_current();
      },
      &out);
  ASSERT_TRUE(thread);
  EXPECT_FALSE(thread->is_current());
  thread->join();
  EXPECT_EQ(std::string(out.name), "a-name");
  EXPECT_TRUE(out.current);
}

TEST(os_thread, a_stack_that_cannot_be_had_is_an_error) {
  const auto thread =
      os_thread::start({"x", std::size_t{1} << 56U}, [](void*) noexcept {}, nullptr);
  ASSERT_FALSE(thread);
  EXPECT_NE(thread.error().value(), 0);
}

}  // namespace
