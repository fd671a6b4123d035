// The small types of the base floor.
#include "edo/base/assert.hpp"
#include "edo/base/error.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/base/random.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/base/unique_fn.hpp"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace edo::tests {
namespace {

using detail::intrusive_list;
using detail::list_hook;

struct node : list_hook<> {
  explicit node(int v) : value(v) {}
  int value;
};

std::string text_of(intrusive_list<node>& list) {
  std::string text;
  for (node* n = list.front(); n != nullptr; n = list.next(*n)) text += std::to_string(n->value);
  return text;
}

TEST(intrusive_list, keeps_order_and_unlinks_from_anywhere) {
  node a(1);
  node b(2);
  node c(3);
  intrusive_list<node> list;
  EXPECT_EQ(list.pop_front(), nullptr);
  list.push_back(b);
  list.push_back(c);
  list.push_front(a);
  EXPECT_EQ(text_of(list), "123");
  list.erase(b);
  EXPECT_FALSE(b.is_linked());
  EXPECT_EQ(text_of(list), "13");
  EXPECT_EQ(list.pop_front(), &a);
  list.push_back(a);
  EXPECT_EQ(text_of(list), "31");
  list.erase(a);
  list.erase(c);
  EXPECT_TRUE(list.empty());
}

TEST(intrusive_list, splices_another_list_behind_its_own) {
  node a(1);
  node b(2);
  node c(3);
  intrusive_list<node> first;
  intrusive_list<node> second;
  first.splice_back(second);
  first.push_back(a);
  second.push_back(b);
  second.push_back(c);
  first.splice_back(second);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(text_of(first), "123");
  while (first.pop_front() != nullptr) {
  }
}

TEST(intrusive_list_death, a_linked_element_must_not_die) {
  if (!detail::debug_asserts) return;  // a check of debug and of checked builds
  EXPECT_DEATH(
      {
        intrusive_list<node> list;
        node n(1);
        list.push_back(n);
      },
      "is_linked");
}

TEST(unique_fn, calls_small_and_large_callables_and_destroys_them_once) {
  const auto owner = std::make_shared<int>(5);
  {
    unique_fn<int(int)> small([owner](int x) { return *owner + x; });
    EXPECT_EQ(small(1), 6);
    unique_fn<int(int)> moved = std::move(small);
    EXPECT_FALSE(static_cast<bool>(small));
    EXPECT_EQ(moved(2), 7);
    std::array<long, 16> big{};
    big[15] = 9;
    unique_fn<int(int)> large(
        [owner, big](int x) { return static_cast<int>(big[15]) + *owner + x; });
    moved = std::move(large);
    EXPECT_EQ(moved(1), 15);
    EXPECT_EQ(owner.use_count(), 2);
    moved.reset();
    EXPECT_EQ(owner.use_count(), 1);
  }
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(unique_fn, holds_move_only_callables) {
  unique_fn<int()> fn([p = std::make_unique<int>(3)] { return *p; });
  EXPECT_EQ(fn(), 3);
}

TEST(unique_fd, closes_what_it_owns_once) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  {
    unique_fd read_end(pipe_ends[0]);
    unique_fd moved = std::move(read_end);
    EXPECT_FALSE(static_cast<bool>(read_end));
    EXPECT_EQ(moved.get(), pipe_ends[0]);
  }
  EXPECT_EQ(::fcntl(pipe_ends[0], F_GETFD), -1);
  unique_fd write_end(pipe_ends[1]);
  const int released = write_end.release();
  write_end.reset();
  EXPECT_NE(::fcntl(released, F_GETFD), -1);
  ::close(released);
}

struct counted : detail::ref_counted<counted> {
  explicit counted(int& destroyed) : destroyed_(destroyed) {}
  ~counted() { ++destroyed_; }
  int& destroyed_;
};

TEST(ref_ptr, the_last_reference_deletes) {
  int destroyed = 0;
  {
    auto first = detail::ref_ptr<counted>::adopt(new counted(destroyed));
    auto second = first;
    first = nullptr;
    EXPECT_EQ(destroyed, 0);
    second = detail::ref_ptr<counted>();
    EXPECT_EQ(destroyed, 1);
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(random, the_same_seed_gives_the_same_numbers_below_the_bound) {
  detail::random a(7);
  detail::random b(7);
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t x = a.below(5);
    ASSERT_EQ(x, b.below(5));
    ASSERT_LT(x, 5u);
    ++seen[x];
  }
  for (const int n : seen) EXPECT_GT(n, 100);
}

TEST(error, codes_equal_the_generic_conditions_of_the_same_meaning) {
  EXPECT_EQ(make_error_code(errc::elapsed), std::errc::timed_out);
  EXPECT_EQ(make_error_code(errc::cancelled), std::errc::operation_canceled);
  EXPECT_EQ(make_error_code(errc::closed), std::errc::broken_pipe);
  EXPECT_EQ(make_error_code(errc::invalid_address), std::errc::invalid_argument);
  const std::error_code code = errc::runtime_shutdown;
  EXPECT_STREQ(code.category().name(), "edo");
  EXPECT_EQ(code.message(), "the runtime has been shut down");
  const result<int> failed = std::unexpected(make_error_code(errc::elapsed));
  EXPECT_EQ(failed.error(), errc::elapsed);
}

TEST(error, a_usage_error_names_its_code_the_subject_the_cure_and_the_place) {
  try {
    detail::throw_usage(usage::bad_option, std::source_location::current(), "worker_threads(0)");
    FAIL();
  } catch (const usage_error& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.find("EDO-E0013: "), 0u) << text;
    EXPECT_NE(text.find("(worker_threads(0))"), std::string::npos) << text;
    EXPECT_NE(text.find("base_test.cpp:"), std::string::npos) << text;
    EXPECT_EQ(error.code(), usage::bad_option);
    const std::exception& base = error;
    EXPECT_EQ(text, base.what());
  }
}

TEST(assert_death, a_broken_invariant_prints_its_place_and_aborts) {
  EXPECT_DEATH(EDO_ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3 at .*base_test.cpp");
}

}  // namespace
}  // namespace edo::tests
