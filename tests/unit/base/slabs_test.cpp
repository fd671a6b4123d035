// The slabs behind the frame pool.
#include "base/slabs.hpp"

#include "edo/base/random.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace {

using edo::detail::pool_block;
using edo::detail::pool_granule;
using edo::detail::slab_store;

std::vector<pool_block*> all_of(pool_block* list) {
  std::vector<pool_block*> blocks;
  for (; list != nullptr; list = list->next) blocks.push_back(list);
  return blocks;
}

pool_block* list_of(const std::vector<pool_block*>& blocks) {
  pool_block* list = nullptr;
  for (pool_block* block : blocks) {
    block->next = list;
    list = block;
  }
  return list;
}

struct store_end {
  void operator()(slab_store* store) const {
    store->unmap();
    delete store;
  }
};
std::unique_ptr<slab_store, store_end> make_store() {
  return std::unique_ptr<slab_store, store_end>(new slab_store);
}

TEST(slab_store, gives_blocks_that_do_not_overlap_for_every_class) {
  auto store = make_store();
  for (std::size_t c = 1; c < edo::detail::pool_class_count; ++c) {
    const auto blocks = all_of(store->take(c, 200));
    ASSERT_EQ(blocks.size(), 200U);
    std::set<std::uintptr_t> begins;
    for (pool_block* block : blocks) begins.insert(reinterpret_cast<std::uintptr_t>(block));
    std::uintptr_t end = 0;
    for (const std::uintptr_t begin : begins) {
      EXPECT_GE(begin, end);
      EXPECT_EQ(begin % pool_granule, 0U);
      end = begin + c * pool_granule;
    }
    for (pool_block* block : blocks) std::memset(block, 0x5a, c * pool_granule);
    store->give(c, list_of(blocks));
  }
}

TEST(slab_store, uses_blocks_that_came_back_before_new_ones) {
  auto store = make_store();
  const auto first = all_of(store->take(2, 10));
  store->give(2, list_of(first));
  const auto again = all_of(store->take(2, 10));
  EXPECT_EQ(std::set<pool_block*>(first.begin(), first.end()),
            std::set<pool_block*>(again.begin(), again.end()));
  store->give(2, list_of(again));
}

TEST(slab_store, gives_memory_back_to_the_system_but_for_one_slab) {
  auto store = make_store();
  for (int round = 0; round < 3; ++round) {
    const auto blocks = all_of(store->take(4, 100'000));  // 25 MB: several regions
    EXPECT_GT(store->slab_count(), 380U);
    store->give(4, list_of(blocks));
    EXPECT_EQ(store->slab_count(), 1U);
  }
}

TEST(slab_store, keeps_a_slab_as_long_as_one_of_its_blocks_is_out) {
  auto store = make_store();
  auto blocks = all_of(store->take(8, 10'000));
  // One block of every hundred stays out, with what is written in it.
  std::vector<pool_block*> kept;
  std::vector<pool_block*> back;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i % 100 == 0) {
      std::memset(blocks[i], 0x77, 8 * pool_granule);
      kept.push_back(blocks[i]);
    } else {
      back.push_back(blocks[i]);
    }
  }
  store->give(8, list_of(back));
  const auto others = all_of(store->take(8, 9'900));
  for (pool_block* block : others) std::memset(block, 0x11, 8 * pool_granule);
  for (pool_block* block : kept) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(block);
    for (std::size_t i = 0; i < 8 * pool_granule; ++i) ASSERT_EQ(bytes[i], 0x77U);
  }
  store->give(8, list_of(others));
  store->give(8, list_of(kept));
  EXPECT_EQ(store->slab_count(), 1U);
}

TEST(slab_store, threads_take_and_give_blocks_of_each_other) {
  auto store = make_store();
  edo::detail::raw_mutex lock;
  std::vector<pool_block*> shared;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      edo::detail::random rng(t + 1);
      for (int round = 0; round < 500; ++round) {
        auto mine = all_of(store->take(3, 1 + rng.below(64)));
        for (pool_block* block : mine) std::memset(block, static_cast<int>(t), 3 * pool_granule);
        {
          const edo::detail::raw_guard guard(lock);
          shared.insert(shared.end(), mine.begin(), mine.end());
          mine.clear();
          while (!shared.empty() && mine.size() < 64) {
            mine.push_back(shared.back());
            shared.pop_back();
          }
        }
        store->give(3, list_of(mine));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  store->give(3, list_of(shared));
  EXPECT_EQ(store->slab_count(), 1U);
}

}  // namespace
