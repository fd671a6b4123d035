/// The runnable tasks of a core, in order, from which other workers steal.
///
/// 1. PURPOSE. A ring: its core's holder pushes at the tail and pops at the head; any other worker
///    takes half from the head. First in, first out for all.
/// 2. FIELDS. tail: written by the holder. head: by compare-exchange, of the holder and of thieves.
///    slot i % Capacity: written by the holder while i is not in [head, tail).
///    Both counters run on for ever and never wrap (64 bits), so a head seen twice is unchanged.
/// 3. DIAGRAM, of a slot.
///      free --push: tail + 1--> in [head, tail) --pop: head + 1, steal: head + n--> free
/// 4. A thief copies n slots into the free part of its own ring, then moves the victim's head by n;
///    if the head has moved meanwhile, the copies mean nothing and it tries again.
/// 5. INV-1 head <= tail <= head + Capacity.
///    INV-2 A slot that a thief copied has not been written since it read the head, if its
///          compare-exchange of the head succeeds: the holder writes slot i only after it has read
///          a head beyond i - Capacity.
/// 6. RACES. Two thieves, or a thief and the holder, want the same task: the compare-exchange of
///    head decides. A thief's head is older than its tail: the distance may exceed Capacity, and it
///    reads again. A holder that finds its ring full by an old head puts the task elsewhere: order
///    only.
/// 7. MODEL TEST: local_queue (with the model checker). Until then local_queue_test, with four
///    places, under TSan.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/cache.hpp"
#include "edo/task/detail/header.hpp"

#include "sched/run_queue.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

template <unsigned Capacity>
class local_queue {
  static_assert(Capacity >= 2 && (Capacity & (Capacity - 1)) == 0);

 public:
  local_queue() noexcept = default;
  local_queue(const local_queue&) = delete;
  local_queue& operator=(const local_queue&) = delete;

  static constexpr unsigned capacity = Capacity;

  /// The holder's. False: it is full.
  [[nodiscard]] bool push(task_header& task) noexcept {
    // relaxed: only the holder writes tail.
    const std::uint64_t tail = tail_.load(memory_order_relaxed);
    // acquire: pairs with the release of a thief's compare-exchange; its copy is done (INV-2).
    if (tail - head_.load(memory_order_acquire) >= Capacity) return false;
    // relaxed: published by the tail.
    slots_[tail % Capacity].store(&task, memory_order_relaxed);
    // release: pairs with the acquire of a thief's load of tail; the slot and the task are visible.
    tail_.store(tail + 1, memory_order_release);
    return true;
  }

  /// The holder's: moves tasks from the front of `from` while there is room.
  void take_from(run_queue& from) noexcept {
    // relaxed, acquire, release: as in push().
    std::uint64_t tail = tail_.load(memory_order_relaxed);
    const std::uint64_t end = head_.load(memory_order_acquire) + Capacity;
    while (tail != end) {
      task_header* task = from.pop();
      if (task == nullptr) break;
      slots_[tail++ % Capacity].store(task, memory_order_relaxed);
    }
    tail_.store(tail, memory_order_release);
  }

  /// The holder's: the oldest task, or null.
  [[nodiscard]] task_header* pop() noexcept {
    // relaxed: only the holder writes tail, and what it reads of the slots it has written itself.
    const std::uint64_t tail = tail_.load(memory_order_relaxed);
    std::uint64_t head = head_.load(memory_order_relaxed);
    while (head != tail) {
      task_header* task = slots_[head % Capacity].load(memory_order_relaxed);
      // relaxed: continues the release sequence of a thief's; the holder overwrites no slot by it.
      if (head_.compare_exchange_weak(head, head + 1, memory_order_relaxed, memory_order_relaxed)) {
        return task;
      }
    }
    return nullptr;
  }

  /// The holder of `thief` takes half of this ring, rounded up: returns the oldest, to be run, and
  /// puts the others into `thief`, which must be empty. `count` is how many there were in all.
  [[nodiscard]] task_header* steal_into(local_queue& thief, unsigned& count) noexcept {
    // relaxed: only its holder writes it.
    const std::uint64_t to = thief.tail_.load(memory_order_relaxed);
    for (;;) {
      // acquire: not after the tail's load, so that the distance is no less than it was; pairs with
      // other thieves' releases.
      std::uint64_t head = head_.load(memory_order_acquire);
      // acquire: pairs with the release in push().
      const std::uint64_t length = tail_.load(memory_order_acquire) - head;
      if (length == 0) return nullptr;
      if (length > Capacity) continue;  // head is old
      const std::uint64_t taken = length - length / 2;
      // relaxed, the slots: published by tail; the compare-exchange tells whether they still held.
      task_header* first = slots_[head % Capacity].load(memory_order_relaxed);
      for (std::uint64_t i = 1; i < taken; ++i) {
        task_header* task = slots_[(head + i) % Capacity].load(memory_order_relaxed);
        thief.slots_[(to + i - 1) % Capacity].store(task, memory_order_relaxed);
      }
      // release: pairs with the acquire in push(); the copies are done. relaxed on failure: again.
      if (!head_.compare_exchange_strong(head, head + taken, memory_order_release,
                                         memory_order_relaxed)) {
        continue;
      }
      // release: as in push().
      thief.tail_.store(to + taken - 1, memory_order_release);
      count = static_cast<unsigned>(taken);
      return first;
    }
  }

  /// How many tasks there are; exact for the holder while nobody steals, else a moment's view.
  [[nodiscard]] unsigned size() const noexcept {
    // relaxed: a hint.
    const std::uint64_t head = head_.load(memory_order_relaxed);
    const std::uint64_t tail = tail_.load(memory_order_relaxed);
    return tail > head ? static_cast<unsigned>(tail - head) : 0;
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

 private:
  alignas(cache_line) atomic<std::uint64_t> head_{0};  // the holder and thieves
  alignas(cache_line) atomic<std::uint64_t> tail_{0};  // the holder
  atomic<task_header*> slots_[Capacity]{};
};

}  // namespace edo::inline v0::detail
