#include "driver/io_table.hpp"

#include "edo/base/error.hpp"

#include "unit/driver/support.hpp"

#include <set>
#include <vector>

namespace {

using namespace driver_test;
using edo::detail::io_table;
using edo::detail::readiness;
using edo::detail::wake_batch;

TEST(io_table, gives_every_slot_its_own_place_across_chunks) {
  io_table table;
  std::vector<readiness*> places;
  std::set<readiness*> distinct;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    readiness* place = *table.acquire();
    EXPECT_EQ(place->slot(), i);
    places.push_back(place);
    distinct.insert(place);
  }
  EXPECT_EQ(distinct.size(), 1000U);
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(table.find(i), places[i]);
  for (readiness* place : places) table.release(*place);
}

TEST(io_table, a_slot_that_comes_back_has_another_generation) {
  io_table table;
  readiness* first = *table.acquire();
  const std::uint32_t before = first->generation();
  table.release(*first);
  readiness* again = *table.acquire();
  EXPECT_EQ(again, first);
  EXPECT_GT(again->generation(), before);
  table.release(*again);
}

TEST(io_table, a_slot_that_was_never_handed_out_is_not_found) {
  const io_table table;
  EXPECT_EQ(table.find(0), nullptr);
  EXPECT_EQ(table.find(UINT32_MAX), nullptr);
  EXPECT_EQ(table.find(edo::detail::reserved_slot_min), nullptr);
}

TEST(io_table, a_shutdown_reaches_open_places_and_hands_out_no_more) {
  io_table table;
  readiness* open = *table.acquire();
  readiness* closed = *table.acquire();
  table.release(*closed);
  const mock_waker mock;
  context cx(mock.waker());
  EXPECT_TRUE(open->poll(edo::detail::io_direction::read, cx).is_pending());
  wake_batch batch;
  table.shut_down(batch);
  batch.wake_all();
  EXPECT_EQ(mock.wakes(), 1U);
  auto late = table.acquire();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), edo::errc::runtime_shutdown);
  table.release(*open);
}

}  // namespace
