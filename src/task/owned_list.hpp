/// Every live task of a scheduler, so that a shutdown reaches them all.
#pragma once

#include "edo/base/cache.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"
#include "edo/task/detail/header.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

/// Tasks in shards with a lock each; those that one thread has launched one after the other are in
/// one, so that workers rarely meet. The list holds one reference to each task in it.
///
/// Threads: any. No user code runs under its locks.
class owned_list {
 public:
  owned_list() noexcept = default;
  owned_list(const owned_list&) = delete;
  owned_list& operator=(const owned_list&) = delete;

  /// Takes a launched task in. False: the list is closed.
  [[nodiscard]] bool insert(task_header& task) noexcept;

  /// Takes a completed task out. True: the list's reference is now the caller's. False: the
  /// shutdown has taken it already, and completes it with that reference.
  [[nodiscard]] bool remove(task_header& task) noexcept;

  /// From now on `insert` refuses. Once it has returned, no task comes in.
  void close() noexcept;

  /// Cancels every task. Those that are not running are destroyed by the calling thread, in the
  /// runtime's context; running ones stay in the list until their poll ends. Requires `close`.
  /// Several threads may do it at once. Stops early, with tasks left, past `deadline_ns`.
  void shut_down(std::int64_t deadline_ns) noexcept;

  [[nodiscard]] bool empty() noexcept;

  /// How many tasks have come in since the beginning, and how many are in. Any thread.
  struct counts {
    std::uint64_t inserted = 0;
    std::uint64_t live = 0;
  };
  [[nodiscard]] counts count() noexcept;

  /// Calls `fn(task_header&)` for each task, under its shard's lock: no user code, no locks.
  template <class Fn>
  void for_each(Fn&& fn) {
    for (shard& s : shards_) {
      const raw_guard guard(s.lock);
      for (task_header* task = s.tasks.front(); task != nullptr; task = s.tasks.next(*task)) {
        fn(*task);
      }
    }
  }

 private:
  using list = intrusive_list<task_header, owned_tag>;

  struct alignas(cache_line) shard {
    raw_mutex lock;
    list tasks EDO_GUARDED_BY(lock);
    bool closed EDO_GUARDED_BY(lock) = false;
    std::uint64_t inserted EDO_GUARDED_BY(lock) = 0;
    std::uint64_t removed EDO_GUARDED_BY(lock) = 0;
  };

  /// Enough that eight workers which spawn without pause rarely meet; 1 KiB in all.
  static constexpr std::size_t shard_count = 16;
  /// How many tasks are taken under one hold of a lock.
  static constexpr unsigned batch_max = 64;

  shard& shard_of(const task_header& task) noexcept {
    return shards_[task.id / task_id_block % shard_count];
  }
  static bool take_batch(shard& s, list& taken, bool& retry) noexcept;

  shard shards_[shard_count];
};

}  // namespace edo::inline v0::detail
