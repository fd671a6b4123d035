#include "edo/base/pool.hpp"

#include "edo/base/lock.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace edo::tests {
namespace {

using detail::pool_allocate;
using detail::pool_free;

TEST(pool, counts_what_is_taken_and_given_back) {
  const pool_stats before = frame_pool_stats();
  std::vector<std::pair<void*, std::size_t>> blocks;
  for (const std::size_t size : {1u, 64u, 65u, 500u, 2048u, 2049u, 100'000u}) {
    void* block = pool_allocate(size);
    std::memset(block, 0xab, size);
    blocks.emplace_back(block, size);
  }
  const pool_stats held = frame_pool_stats();
  EXPECT_EQ(held.allocations - before.allocations, 7u);
  EXPECT_EQ(held.frees, before.frees);
  EXPECT_GE(held.live_bytes - before.live_bytes, 1u + 64 + 65 + 500 + 2048 + 2049 + 100'000);
  for (const auto& [block, size] : blocks) pool_free(block, size);
  const pool_stats after = frame_pool_stats();
  EXPECT_EQ(after.frees - before.frees, 7u);
  EXPECT_EQ(after.live_bytes, before.live_bytes);
}

TEST(pool, blocks_are_aligned_for_any_ordinary_type) {
  for (std::size_t size = 1; size < 4096; size += 61) {
    void* block = pool_allocate(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0u);
    pool_free(block, size);
  }
}

TEST(pool, a_burst_is_served_again_without_the_system) {
  std::vector<void*> blocks(1000);
  const auto burst = [&] {
    for (void*& block : blocks) block = pool_allocate(200);
    for (void* block : blocks) pool_free(block, 200);
  };
  burst();
  const pool_stats before = frame_pool_stats();
  burst();
  // Under ASan every block is one of the system's, so that it can watch each one's life.
  EXPECT_EQ(frame_pool_stats().system_blocks - before.system_blocks,
            detail::address_sanitizer ? blocks.size() : 0u);
}

TEST(pool, blocks_that_flow_from_one_thread_to_another_come_back_through_the_depot) {
  constexpr int rounds = 200;
  constexpr int each = 100;
  const pool_stats before = frame_pool_stats();
  detail::raw_mutex mutex;
  detail::raw_condition changed;
  std::vector<int*> box;
  bool full = false;
  std::thread consumer([&] {
    for (int round = 0; round < rounds; ++round) {
      detail::raw_guard guard(mutex);
      while (!full) changed.wait(mutex);
      for (int i = 0; i < each; ++i) {
        EXPECT_EQ(*box[static_cast<std::size_t>(i)], round * each + i);
        pool_free(box[static_cast<std::size_t>(i)], sizeof(int));
      }
      box.clear();
      full = false;
      changed.notify_all();
    }
  });
  for (int round = 0; round < rounds; ++round) {
    std::vector<int*> made;
    for (int i = 0; i < each; ++i) {
      made.push_back(::new (pool_allocate(sizeof(int))) int(round * each + i));
    }
    detail::raw_guard guard(mutex);
    box = std::move(made);
    full = true;
    changed.notify_all();
    while (full) changed.wait(mutex);
  }
  consumer.join();
  const pool_stats after = frame_pool_stats();
  EXPECT_EQ(after.allocations - before.allocations, static_cast<std::size_t>(rounds * each));
  EXPECT_EQ(after.live_bytes, before.live_bytes);
  if (!detail::address_sanitizer) {
    // Without the depot each of the 20,000 would be a block of its own.
    EXPECT_LT(after.system_blocks - before.system_blocks, 1000u);
  }
}

TEST(pool, counts_survive_the_threads_that_made_them) {
  const pool_stats before = frame_pool_stats();
  for (int i = 0; i < 20; ++i) {
    std::thread([] {
      void* blocks[50];
      for (void*& block : blocks) block = pool_allocate(300);
      for (void* block : blocks) pool_free(block, 300);
    }).join();
  }
  const pool_stats after = frame_pool_stats();
  EXPECT_EQ(after.allocations - before.allocations, 1000u);
  EXPECT_EQ(after.frees - before.frees, 1000u);
  EXPECT_EQ(after.live_bytes, before.live_bytes);
}

struct late_user {
  ~late_user() {
    if (block != nullptr) pool_free(block, 100);
    void* again = pool_allocate(100);
    pool_free(again, 100);
  }
  void* block = nullptr;
};

TEST(pool, works_in_destructors_of_thread_locals_that_outlive_it) {
  const pool_stats before = frame_pool_stats();
  std::thread([] {
    thread_local late_user user;  // registered before the pool's own, so destroyed after
    user.block = nullptr;
    user.block = pool_allocate(100);
  }).join();
  const pool_stats after = frame_pool_stats();
  EXPECT_EQ(after.allocations - before.allocations, 2u);
  EXPECT_EQ(after.frees - before.frees, 2u);
}

}  // namespace
}  // namespace edo::tests
