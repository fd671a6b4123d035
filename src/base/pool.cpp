// The frame pool: per-thread bins of free blocks by size class, kept by the thread that frees.
//
// A block freed by another thread than the one that took it stays with the freer; when a thread
// holds two full batches of a class, one moves to a depot shared by all, and a thread that runs out
// takes a batch from there before it asks the slabs (slabs.hpp). So a flow of frames from thread to
// thread costs one lock for every `batch` blocks, and a thread that works alone never locks.
//
// Fields: a thread's bins are touched by that thread only, but for their counters, which it writes
// (plain load and store, relaxed) and anybody reads. The depot's shelves are guarded by their
// locks, the list of caches and the sums of ended threads by `registry.lock`.
// Threads that end give full batches to the depot and the rest to the slabs; blocks taken and freed
// after that (by destructors of other thread-locals) use the slabs at once.
#include "edo/base/pool.hpp"

#include "edo/base/cache.hpp"
#include "edo/base/counter.hpp"
#include "edo/base/lock.hpp"

#include "base/slabs.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

namespace edo::inline v0 {
namespace detail {
namespace {

constexpr std::size_t granule = pool_granule;
constexpr std::size_t class_count = pool_class_count;
// Class 0 stands for the blocks that are too large for the pool.
constexpr std::size_t large_class = 0;
constexpr std::uint64_t batch = 32;
// At most so many bytes of a class wait in the depot; the rest is freed. A burst of 10,000 tasks of
// 400 bytes fits, so that a server that breathes in bursts does not ask malloc for each of them.
constexpr std::size_t shelf_bytes_max = std::size_t{16} << 20;

/// The same as a number of batches of class `c`.
constexpr std::size_t shelf_max(std::size_t c) noexcept {
  return shelf_bytes_max / (c * granule * batch);
}

using block = pool_block;

/// The free blocks of one class. One word counts the blocks taken (upper 48 bits) and those in the
/// list (lower 16), so that taking and freeing cost one addition each; how many were freed follows
/// from it, since whatever else changes the list is noted in `adjusted`.
struct bin {
  static constexpr std::uint64_t one_taken = std::uint64_t{1} << 16;
  static constexpr std::uint64_t count_mask = one_taken - 1;

  block* head = nullptr;
  // Until its thread opens it, and after, a bin has no blocks and counts as full: both fast paths
  // then leave the work to the slow ones.
  counter word{batch};
  block* spare = nullptr;  // null or one full batch
  counter adjusted;        // blocks that came into the list otherwise than by a free, modulo 2^64

  [[nodiscard]] std::uint64_t count() const noexcept { return word.get() & count_mask; }
  [[nodiscard]] std::uint64_t taken() const noexcept { return word.get() >> 16; }
  [[nodiscard]] std::uint64_t freed() const noexcept { return count() + taken() - adjusted.get(); }

  /// A batch came into the empty list, or the list was emptied.
  void adjust(std::uint64_t n) noexcept {
    word.add(n);
    adjusted.add(n);
  }

  void push(void* p) noexcept {
    block* b = ::new (p) block;  // next_batch stays unset until the block heads a batch
    b->next = std::exchange(head, b);
    word.add(1);
  }
  /// Requires a block.
  void* pop() noexcept {
    word.add(one_taken - 1);
    return std::exchange(head, head->next);
  }
};

enum class phase : unsigned char { unopened, open, ended };

/// Trivially destructible, so that reaching it needs no check whether it was constructed.
struct thread_cache {
  bin bins[class_count];
  counter system_blocks;
  counter large_bytes;           // live, modulo 2^64
  thread_cache* next = nullptr;  // guarded by registry.lock, as is `previous`
  thread_cache* previous = nullptr;
  phase state = phase::unopened;
};

struct shelf {
  raw_mutex lock;
  block* top = nullptr;
  std::size_t count = 0;
};

// Never destroyed: threads end after the destructors of statics have run.
constinit padded<shelf> depot[class_count];
constinit slab_store store;

struct totals {
  std::uint64_t taken = 0;
  std::uint64_t freed = 0;
  std::uint64_t system_blocks = 0;
  std::uint64_t live_bytes = 0;  // modulo 2^64: a thread may free more than it took

  void add(const thread_cache& cache) noexcept {
    for (std::size_t c = 0; c < class_count; ++c) {
      const std::uint64_t in = cache.bins[c].taken();
      const std::uint64_t out = cache.bins[c].freed();
      taken += in;
      freed += out;
      live_bytes += (in - out) * (c * granule);
    }
    system_blocks += cache.system_blocks.get();
    live_bytes += cache.large_bytes.get();
  }
};

struct registry_t {
  raw_mutex lock;
  thread_cache* caches = nullptr;  // guarded by lock, as are the sums
  totals ended;
  atomic<std::uint64_t> late_taken{0};  // by threads that had ended their cache
  atomic<std::uint64_t> late_freed{0};
};
constinit registry_t registry;

struct closer {
  constexpr closer() noexcept = default;
  ~closer();
  bool armed = false;
};

[[gnu::tls_model("initial-exec")]] constinit thread_local thread_cache local;
thread_local closer local_closer;

void shelve(std::size_t c, block* full_batch) noexcept {
  shelf& s = *depot[c];
  {
    raw_guard guard(s.lock);
    if (s.count < shelf_max(c)) {
      full_batch->next_batch = s.top;
      s.top = full_batch;
      ++s.count;
      return;
    }
  }
  store.give(c, full_batch);
}

block* unshelve(std::size_t c) noexcept {
  shelf& s = *depot[c];
  raw_guard guard(s.lock);
  block* full_batch = s.top;
  if (full_batch != nullptr) {
    s.top = full_batch->next_batch;
    --s.count;
  }
  return full_batch;
}

/// True if this thread has its cache; opens it at first.
bool open_cache() noexcept {
  if (local.state != phase::unopened) return local.state == phase::open;
  local.state = phase::open;
  for (bin& b : local.bins) b.word.set(0);
  local_closer.armed = true;  // the first use registers its destructor for this thread
  raw_guard guard(registry.lock);
  local.next = registry.caches;
  if (local.next != nullptr) local.next->previous = &local;
  registry.caches = &local;
  return true;
}

void* from_system(std::size_t bytes) {
  void* p = std::malloc(bytes);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

// After this thread's cache has ended. relaxed, all: statistics.
void count_late_take() noexcept { registry.late_taken.fetch_add(1, memory_order_relaxed); }
void count_late_free() noexcept { registry.late_freed.fetch_add(1, memory_order_relaxed); }

[[gnu::noinline, gnu::cold]] void* allocate_late(std::size_t c) {
  void* p = store.take(c, 1);
  count_late_take();
  return p;
}
[[gnu::noinline, gnu::cold]] void free_late(void* p, std::size_t c) noexcept {
  count_late_free();
  store.give(c, ::new (p) block{nullptr, nullptr});
}

[[gnu::noinline]] void* allocate_slow(std::size_t c) {
  if (!open_cache()) return allocate_late(c);
  bin& b = local.bins[c];
  b.head = std::exchange(b.spare, nullptr);
  if (b.head == nullptr) b.head = unshelve(c);
  if (b.head == nullptr) {
    b.head = store.take(c, batch);
    local.system_blocks.add(batch);
  }
  b.adjust(batch);
  return b.pop();
}

[[gnu::noinline]] void free_slow(void* p, std::size_t c) noexcept {
  if (!open_cache()) return free_late(p, c);
  bin& b = local.bins[c];
  if (b.count() == batch) {
    if (b.spare != nullptr) shelve(c, b.spare);
    b.spare = std::exchange(b.head, nullptr);
    b.adjust(0 - batch);
  }
  b.push(p);
}

closer::~closer() {
  local.state = phase::ended;
  for (std::size_t c = large_class + 1; c < class_count; ++c) {
    bin& b = local.bins[c];
    if (b.spare != nullptr) shelve(c, std::exchange(b.spare, nullptr));
    const std::uint64_t count = b.count();
    block* list = std::exchange(b.head, nullptr);
    b.adjust(0 - count);
    if (count == batch) {
      shelve(c, list);
    } else {
      store.give(c, list);
    }
  }
  raw_guard guard(registry.lock);
  registry.ended.add(local);
  if (local.next != nullptr) local.next->previous = local.previous;
  (local.previous != nullptr ? local.previous->next : registry.caches) = local.next;
  for (bin& b : local.bins) b.word.set(batch);  // to the slow paths, which see `ended`
}

}  // namespace

void* pool_take_large(std::size_t size) {
  void* p = from_system(size);
  if (!open_cache()) {
    count_late_take();
    return p;
  }
  bin& b = local.bins[large_class];
  b.word.add(bin::one_taken);
  b.adjusted.add(1);
  local.system_blocks.add(1);
  local.large_bytes.add(size);
  return p;
}

void pool_give_large(void* p, std::size_t size) noexcept {
  if (!open_cache()) {
    count_late_free();
    std::free(p);
    return;
  }
  local.bins[large_class].adjusted.add(0 - std::uint64_t{1});
  local.large_bytes.add(0 - std::uint64_t{size});
  std::free(p);
}

void* pool_take(std::size_t c) {
  bin& b = local.bins[c];
  if (b.head == nullptr) [[unlikely]]
    return allocate_slow(c);
  return b.pop();
}

void pool_give(void* p, std::size_t c) noexcept {
  bin& b = local.bins[c];
  if (b.count() == batch) [[unlikely]]
    return free_slow(p, c);
  b.push(p);
}

}  // namespace detail

pool_stats frame_pool_stats() noexcept {
  using namespace detail;
  raw_guard guard(registry.lock);
  totals sum = registry.ended;
  for (const thread_cache* c = registry.caches; c != nullptr; c = c->next) sum.add(*c);
  // relaxed: statistics.
  return {.allocations = sum.taken + registry.late_taken.load(memory_order_relaxed),
          .frees = sum.freed + registry.late_freed.load(memory_order_relaxed),
          .system_blocks = sum.system_blocks,
          .live_bytes = sum.live_bytes};
}

}  // namespace edo::inline v0
