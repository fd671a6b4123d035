// The frame pool: per-thread bins of free blocks by size class, kept by the thread that frees.
//
// A block freed by another thread than the one that took it stays with the freer; when a thread
// holds two full batches of a class, one moves to a depot shared by all, and a thread that runs out
// takes a batch from there before it asks malloc. So a flow of frames from one thread to another
// costs one lock for every `batch` blocks, and a thread that works alone never locks.
//
// Fields: a thread's bins are touched by that thread only, but for the two counters of each, which
// it writes (plain load and store, relaxed) and anybody reads. The depot's shelves are guarded by
// their locks, the list of caches by `registry.lock`.
// Threads that end give full batches to the depot and the rest to malloc; blocks freed after that
// (by destructors of other thread-locals) go to malloc at once.
#include "edo/base/pool.hpp"

#include "edo/base/cache.hpp"
#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace edo::inline v0 {
namespace detail {
namespace {

constexpr std::size_t granule = 64;
// Blocks up to 2 KiB are pooled; larger frames are rare enough for malloc.
constexpr std::size_t class_count = 33;
// Class 0 stands for the blocks that are too large for the pool.
constexpr std::size_t large_class = 0;
constexpr std::uint32_t batch = 32;
// At most 256 batches of a class wait in the depot (16 MiB of the largest); the rest is freed.
constexpr std::size_t shelf_max = 256;

struct block {
  block* next;
  block* next_batch;
};

struct counter {
  void add() noexcept {
    // relaxed: written by its thread only; a statistic.
    value.store(value.load(memory_order_relaxed) + 1, memory_order_relaxed);
  }
  [[nodiscard]] std::size_t get() const noexcept {
    // relaxed: as above.
    return value.load(memory_order_relaxed);
  }
  atomic<std::size_t> value{0};
};

struct bin {
  block* head = nullptr;   // `count` blocks, at most `capacity`
  block* spare = nullptr;  // null or one full batch
  std::uint32_t count = 0;
  std::uint32_t capacity = 0;  // 0: this thread has not been opened, or has ended
  counter taken;
  counter freed;
};

enum class phase : unsigned char { unopened, open, ended };

struct thread_cache : list_hook<> {
  constexpr thread_cache() noexcept = default;
  bin bins[class_count];
  counter system_blocks;
  counter large_bytes_taken;  // in bytes, not in blocks
  phase state = phase::unopened;
};

struct shelf {
  raw_mutex lock;
  block* top = nullptr;
  std::size_t count = 0;
};

// Never destroyed: threads end after the destructors of statics have run.
constinit padded<shelf> depot[class_count];

struct totals {
  std::size_t taken = 0;
  std::size_t freed = 0;
  std::size_t system_blocks = 0;
  std::size_t live_bytes = 0;  // modulo 2^64: a thread may free more than it took

  void add(const thread_cache& cache) noexcept {
    for (std::size_t c = 0; c < class_count; ++c) {
      const std::size_t in = cache.bins[c].taken.get();
      const std::size_t out = cache.bins[c].freed.get();
      taken += in;
      freed += out;
      live_bytes += (in - out) * (c * granule);
    }
    system_blocks += cache.system_blocks.get();
    live_bytes += cache.large_bytes_taken.get();
  }
};

struct registry_t {
  raw_mutex lock;
  intrusive_list<thread_cache>* caches = nullptr;
  totals ended;                    // what ended threads did
  counter late_taken, late_freed;  // after their end; approximate if several do so at once
};
constinit registry_t registry;

intrusive_list<thread_cache>& caches() noexcept {
  // Never destroyed, as the depot.
  alignas(intrusive_list<thread_cache>) static unsigned char
      storage[sizeof(intrusive_list<thread_cache>)];
  if (registry.caches == nullptr) {
    registry.caches = ::new (static_cast<void*>(storage)) intrusive_list<thread_cache>;
  }
  return *registry.caches;
}

struct closer {
  constexpr closer() noexcept = default;
  ~closer();
  bool armed = false;
};

[[gnu::tls_model("initial-exec")]] constinit thread_local thread_cache local;
thread_local closer local_closer;

void free_list(block* b) noexcept {
  while (b != nullptr) std::free(std::exchange(b, b->next));
}

void shelve(std::size_t c, block* full_batch) noexcept {
  shelf& s = *depot[c];
  {
    raw_guard guard(s.lock);
    if (s.count < shelf_max) {
      full_batch->next_batch = s.top;
      s.top = full_batch;
      ++s.count;
      return;
    }
  }
  free_list(full_batch);
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

void open() noexcept {
  local.state = phase::open;
  local_closer.armed = true;  // the first use registers its destructor for this thread
  raw_guard guard(registry.lock);
  caches().push_back(local);
}

void* from_system(std::size_t bytes) {
  void* p = std::malloc(bytes);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

[[gnu::noinline, gnu::cold]] void* allocate_late(std::size_t bytes) {
  void* p = from_system(bytes);
  registry.late_taken.add();
  return p;
}

[[gnu::noinline]] void* allocate_slow(std::size_t c) {
  if (local.state == phase::unopened) open();
  if (local.state == phase::ended) return allocate_late(c * granule);
  bin& b = local.bins[c];
  b.capacity = batch;
  block* refill = std::exchange(b.spare, nullptr);
  if (refill == nullptr) refill = unshelve(c);
  if (refill == nullptr) {
    void* p = from_system(c * granule);
    local.system_blocks.add();
    b.taken.add();
    return p;
  }
  b.head = refill->next;
  b.count = batch - 1;
  b.taken.add();
  return refill;
}

[[gnu::noinline]] void free_slow(void* p, std::size_t c) noexcept {
  if (local.state == phase::unopened) open();
  if (local.state == phase::ended) {
    registry.late_freed.add();
    std::free(p);
    return;
  }
  bin& b = local.bins[c];
  b.capacity = batch;
  if (b.count == batch) {
    if (b.spare != nullptr) shelve(c, b.spare);
    b.spare = std::exchange(b.head, nullptr);
    b.count = 0;
  }
  block* x = ::new (p) block{b.head, nullptr};
  b.head = x;
  ++b.count;
  b.freed.add();
}

void* allocate_large(std::size_t size) {
  if (local.state == phase::unopened) open();
  if (local.state == phase::ended) return allocate_late(size);
  void* p = from_system(size);
  local.system_blocks.add();
  local.bins[large_class].taken.add();
  // relaxed: as counter::add.
  auto& bytes = local.large_bytes_taken.value;
  bytes.store(bytes.load(memory_order_relaxed) + size, memory_order_relaxed);
  return p;
}

void free_large(void* p, std::size_t size) noexcept {
  std::free(p);
  if (local.state == phase::unopened) open();
  if (local.state == phase::ended) {
    registry.late_freed.add();
    return;
  }
  local.bins[large_class].freed.add();
  // relaxed: as counter::add.
  auto& bytes = local.large_bytes_taken.value;
  bytes.store(bytes.load(memory_order_relaxed) - size, memory_order_relaxed);
}

closer::~closer() {
  local.state = phase::ended;
  for (std::size_t c = 1; c < class_count; ++c) {
    bin& b = local.bins[c];
    if (b.spare != nullptr) shelve(c, std::exchange(b.spare, nullptr));
    if (b.count == batch) {
      shelve(c, b.head);
    } else {
      free_list(b.head);
    }
    b.head = nullptr;
    b.count = 0;
    b.capacity = 0;  // later frees take the slow path, which sees `ended`
  }
  raw_guard guard(registry.lock);
  registry.ended.add(local);
  caches().erase(local);
}

// Sanitizers watch each block's life only if each comes from malloc.
constexpr bool pooled = !address_sanitizer;

}  // namespace

void* pool_allocate(std::size_t size) {
  const std::size_t c = (size + granule - 1) / granule;
  if (pooled && c < class_count) [[likely]] {
    bin& b = local.bins[c];
    if (block* x = b.head) [[likely]] {
      b.head = x->next;
      --b.count;
      b.taken.add();
      return x;
    }
    return allocate_slow(c);
  }
  return allocate_large(size);
}

void pool_free(void* p, std::size_t size) noexcept {
  const std::size_t c = (size + granule - 1) / granule;
  if (pooled && c < class_count) [[likely]] {
    bin& b = local.bins[c];
    if (b.count < b.capacity) [[likely]] {
      block* x = ::new (p) block{b.head, nullptr};
      b.head = x;
      ++b.count;
      b.freed.add();
      return;
    }
    free_slow(p, c);
    return;
  }
  free_large(p, size);
}

}  // namespace detail

pool_stats frame_pool_stats() noexcept {
  using namespace detail;
  raw_guard guard(registry.lock);
  totals sum = registry.ended;
  intrusive_list<thread_cache>& list = caches();
  for (thread_cache* c = list.front(); c != nullptr; c = list.next(*c)) sum.add(*c);
  return {.allocations = sum.taken + registry.late_taken.get(),
          .frees = sum.freed + registry.late_freed.get(),
          .system_blocks = sum.system_blocks,
          .live_bytes = sum.live_bytes};
}

}  // namespace edo::inline v0
