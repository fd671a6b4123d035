/// The handle that schedules one task.
#pragma once

#include "edo/base/config.hpp"

#include <utility>

namespace edo::inline v0 {

/// How a waker reaches its task: four functions over one pointer, all noexcept, all callable from
/// any thread, also after the task has ended.
///
/// Executors other than edo's define one of these to poll edo futures.
/// Source: Rust's `std::task::RawWakerVTable`.
struct waker_vtable {
  void (*clone)(void* data) noexcept;        ///< One more reference to `data`.
  void (*wake)(void* data) noexcept;         ///< Schedules, and gives one reference back.
  void (*wake_by_ref)(void* data) noexcept;  ///< Schedules; the references stay as they are.
  void (*drop)(void* data) noexcept;         ///< Gives one reference back.
};

/// Schedules one task: the task will be polled at least once after the wake.
///
/// Copying clones, destruction drops. Waking *schedules*; it never runs the task inside the call.
/// Wakes coalesce: several before the next poll cause one poll; a wake of a finished task does
/// nothing. An empty or moved-from waker may be destroyed, assigned and woken (nothing happens).
///
/// Threads: any, concurrently on different copies; wakes through one copy may be concurrent.
/// Everything that happened before a wake is visible to the poll that follows it.
/// Errors: none; every operation is noexcept. Allocation: none.
/// Source: Rust's `std::task::Waker`.
class [[nodiscard]] waker {
 public:
  /// An empty waker: waking it does nothing.
  constexpr waker() noexcept = default;

  /// Adopts one reference to `data`.
  constexpr waker(void* data, const waker_vtable* vtable) noexcept : data_(data), vtable_(vtable) {}

  waker(const waker& other) noexcept : data_(other.data_), vtable_(other.vtable_) {
    if (vtable_ != nullptr) vtable_->clone(data_);
  }
  constexpr waker(waker&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        vtable_(std::exchange(other.vtable_, nullptr)) {}
  waker& operator=(const waker& other) noexcept {
    if (!will_wake(other)) waker(other).swap(*this);
    return *this;
  }
  waker& operator=(waker&& other) noexcept {
    waker(std::move(other)).swap(*this);
    return *this;
  }
  constexpr ~waker() {
    if (vtable_ != nullptr) vtable_->drop(data_);
  }

  /// Schedules the task and gives this reference up.
  void wake() && noexcept {
    const waker_vtable* vtable = std::exchange(vtable_, nullptr);
    if (vtable != nullptr) vtable->wake(std::exchange(data_, nullptr));
  }

  /// Schedules the task and keeps this reference.
  void wake_by_ref() const noexcept {
    if (vtable_ != nullptr) vtable_->wake_by_ref(data_);
  }

  /// True if both wake the same task. False does not prove that they differ.
  [[nodiscard]] constexpr bool will_wake(const waker& other) const noexcept {
    return data_ == other.data_ && vtable_ == other.vtable_;
  }

  /// True for a default-constructed or moved-from waker.
  [[nodiscard]] constexpr bool empty() const noexcept { return vtable_ == nullptr; }

  /// The pointer and the functions that this waker was made of, for executors that know their own.
  [[nodiscard]] constexpr void* data() const noexcept { return data_; }
  [[nodiscard]] constexpr const waker_vtable* vtable() const noexcept { return vtable_; }

  constexpr void swap(waker& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(vtable_, other.vtable_);
  }

  /// A waker that does nothing; it lives for ever.
  [[nodiscard]] static const waker& noop() noexcept;

 private:
  void* data_ = nullptr;
  const waker_vtable* vtable_ = nullptr;
};

namespace detail {
inline constexpr waker_vtable noop_vtable{[](void*) noexcept {}, [](void*) noexcept {},
                                          [](void*) noexcept {}, [](void*) noexcept {}};
inline constinit const waker noop_waker{nullptr, &noop_vtable};

/// A waker that does not own its reference: for the executor that polls, which holds the task
/// anyway. Saves a clone and a drop for each poll.
class borrowed_waker {
 public:
  borrowed_waker(void* data, const waker_vtable* vtable) noexcept : waker_(data, vtable) {}
  borrowed_waker(const borrowed_waker&) = delete;
  borrowed_waker& operator=(const borrowed_waker&) = delete;
  ~borrowed_waker() {}

  [[nodiscard]] const waker& get() const noexcept { return waker_; }

 private:
  union {
    waker waker_;
  };
};
}  // namespace detail

inline const waker& waker::noop() noexcept { return detail::noop_waker; }

}  // namespace edo::inline v0
