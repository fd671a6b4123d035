#include "edo/test/mock_waker.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/atomic.hpp"

namespace edo::inline v0::test {

namespace detail {

/// The counts behind a mock and its clones; freed by the last of them.
class waker_log {
 public:
  waker_log() noexcept;
  waker_log(const waker_log&) = delete;
  waker_log& operator=(const waker_log&) = delete;

  [[nodiscard]] const edo::waker& own() const noexcept { return own_.get(); }

  void add() noexcept {
    // relaxed: counters; whoever clones holds a reference already.
    clones_.fetch_add(1, memory_order_relaxed);
    references_.fetch_add(1, memory_order_relaxed);
  }

  void give_back() noexcept {
    // relaxed, both: counters; the clone that is given back happened before, in whatever thread.
    const unsigned drops = drops_.fetch_add(1, memory_order_relaxed) + 1;
    EDO_ASSERT(drops <= clones_.load(memory_order_relaxed));  // else: dropped once too often
    release();
  }

  /// Gives the mock's own reference or a clone's back.
  void release() noexcept {
    // acq_rel: release this owner's counts, acquire the others' before the last one deletes.
    if (references_.fetch_sub(1, memory_order_acq_rel) == 1) delete this;
  }

  void wake(atomic<unsigned>& kind) noexcept {
    // relaxed: a counter, ordered by woken_ below.
    kind.fetch_add(1, memory_order_relaxed);
    // release: pairs with the acquires of is_woken and clear_woken; the event is visible there.
    woken_.store(true, memory_order_release);
  }

  // any thread, atomic
  atomic<unsigned> references_{1};
  atomic<unsigned> clones_{0};
  atomic<unsigned> drops_{0};
  atomic<unsigned> wakes_by_value_{0};
  atomic<unsigned> wakes_by_ref_{0};
  atomic<bool> woken_{false};

 private:
  edo::detail::borrowed_waker own_;
};

}  // namespace detail

namespace {

detail::waker_log& log_of(void* data) noexcept { return *static_cast<detail::waker_log*>(data); }

constexpr waker_vtable log_vtable{
    .clone = [](void* data) noexcept { log_of(data).add(); },
    .wake =
        [](void* data) noexcept {
          log_of(data).wake(log_of(data).wakes_by_value_);
          log_of(data).give_back();
        },
    .wake_by_ref = [](void* data) noexcept { log_of(data).wake(log_of(data).wakes_by_ref_); },
    .drop = [](void* data) noexcept { log_of(data).give_back(); },
};

}  // namespace

detail::waker_log::waker_log() noexcept : own_(this, &log_vtable) {}

mock_waker::mock_waker() : log_(new detail::waker_log) {}

mock_waker::~mock_waker() {
  if (log_ != nullptr) log_->release();
}

const edo::waker& mock_waker::waker() const noexcept { return log_->own(); }

// relaxed, all of these: counters; a test that needs them exact joins the threads that count first,
// or has seen is_woken().
unsigned mock_waker::clones() const noexcept { return log_->clones_.load(memory_order_relaxed); }
unsigned mock_waker::drops() const noexcept { return log_->drops_.load(memory_order_relaxed); }
unsigned mock_waker::live() const noexcept {
  return log_->references_.load(memory_order_relaxed) - 1;  // relaxed: as above
}
unsigned mock_waker::wakes_by_value() const noexcept {
  return log_->wakes_by_value_.load(memory_order_relaxed);  // relaxed: as above
}
unsigned mock_waker::wakes_by_ref() const noexcept {
  return log_->wakes_by_ref_.load(memory_order_relaxed);  // relaxed: as above
}

bool mock_waker::is_woken() const noexcept {
  return log_->woken_.load(memory_order_acquire);  // acquire: pairs with the release in wake
}

bool mock_waker::clear_woken() noexcept {
  // acquire: pairs with the release in wake; the poll that follows sees what the waker saw.
  return log_->woken_.exchange(false, memory_order_acquire);
}

}  // namespace edo::inline v0::test
