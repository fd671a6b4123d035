// Handles that abort their task, and what a task's destructors see of it.
#include "edo/task/scoped_join_handle.hpp"

#include "edo/test/drop_counter.hpp"

#include "unit/runtime/flavours.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <utility>
#include <vector>

namespace {

using edo_test::flag;

class scoped_join_handle : public edo_test::each_flavour {};
INSTANTIATE_TEST_SUITE_P(runtime,
                         scoped_join_handle,
                         edo_test::all_flavours,
                         edo_test::flavour_name);

edo::async<int> seven() {
  co_await edo::yield_now();
  co_return 7;
}

edo::async<void> never(edo::test::drop_counter::token) { co_await edo::pending_forever<void>(); }

TEST_P(scoped_join_handle, gives_the_output_like_any_handle) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    auto h = edo::abort_on_drop(edo::spawn(seven()));
    EXPECT_TRUE(h.valid());
    EXPECT_EQ(h.id(), h.abort_handle().id());
    auto r = co_await h;
    EXPECT_TRUE(h.is_finished());
    co_return *r;
  };
  EXPECT_EQ(rt.block_on(body()), 7);
}

TEST_P(scoped_join_handle, aborts_its_task_when_it_is_dropped_or_assigned_to) {
  edo::test::drop_counter drops;
  edo::runtime rt = make();
  const auto body = [&]() -> edo::async<void> {
    edo::scoped_join_handle<void> kept(edo::spawn(never(drops.make())));
    kept = edo::abort_on_drop(edo::spawn(never(drops.make())));
    while (drops.drops() != 1) co_await edo::yield_now();
    {
      const edo::scoped_join_handle<void> last = std::move(kept);
      EXPECT_FALSE(kept.valid());
    }
    while (drops.drops() != 2) co_await edo::yield_now();
  };
  rt.block_on(body());
}

TEST_P(scoped_join_handle, detach_gives_the_ordinary_handle_back) {
  edo::runtime rt = make();
  const auto body = []() -> edo::async<int> {
    edo::join_handle<int> plain;
    {
      auto h = edo::abort_on_drop(edo::spawn(seven()));
      plain = h.detach();
      EXPECT_FALSE(h.valid());
    }
    auto r = co_await plain;
    co_return *r;
  };
  EXPECT_EQ(rt.block_on(body()), 7);
}

TEST_P(scoped_join_handle, keeps_the_mark_of_a_closure_made_in_place) {
  edo::runtime rt = make();
  auto made = edo::abort_on_drop(
      rt.spawn([kept = std::vector<int>{1}]() -> edo::async<void> { co_return; }));
  auto plain = edo::abort_on_drop(rt.spawn(seven()));
  EXPECT_EQ(edo::holds_closure<decltype(made)>, edo::detail::closure_in_await_broken);
  EXPECT_FALSE(edo::holds_closure<decltype(plain)>);
  EXPECT_TRUE(rt.block_on(made).has_value());
  EXPECT_EQ(*rt.block_on(plain), 7);
}

TEST_P(scoped_join_handle, the_id_is_there_in_the_destructors_of_an_aborted_task) {
  edo::runtime rt = make();
  struct asks {
    std::optional<edo::task_id>* seen;
    explicit asks(std::optional<edo::task_id>& out) noexcept : seen(&out) {}
    asks(asks&& other) noexcept : seen(std::exchange(other.seen, nullptr)) {}
    asks& operator=(asks&&) = delete;
    ~asks() {
      if (seen != nullptr) *seen = edo::this_task::id();
    }
  };
  std::optional<edo::task_id> in_frame;
  std::optional<edo::task_id> in_closure;
  auto h = rt.spawn([&in_frame, mine = asks(in_closure)]() -> edo::async<void> {
    const asks local(in_frame);
    co_await edo::pending_forever<void>();
  });
  const auto body = [&]() -> edo::async<void> {
    for (int i = 0; i < 3; ++i) co_await edo::yield_now();
    h.abort();
    auto r = co_await h;
    EXPECT_TRUE(r.error().is_cancelled());
  };
  rt.block_on(body());
  EXPECT_EQ(in_closure, h.id());
  if (in_frame) {  // it may have been aborted before its first poll
    EXPECT_EQ(in_frame, h.id());
  }
}

TEST_P(scoped_join_handle, an_id_differs_from_that_of_every_other_task) {
  edo::runtime rt = make();
  const auto id = []() -> edo::async<edo::task_id> { co_return edo::this_task::id(); };
  auto a = rt.spawn(id());
  auto b = rt.spawn(id());
  EXPECT_EQ(*rt.block_on(a), a.id());
  EXPECT_EQ(*rt.block_on(b), b.id());
  EXPECT_NE(a.id(), b.id());
}

}  // namespace
