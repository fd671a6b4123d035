/// A move-only callable with inline storage.
#pragma once

#include "edo/base/config.hpp"

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

template <class Signature>
class unique_fn;

/// A callable of any type that can be moved, held in place up to three words and on the heap
/// beyond. Calling an empty one is undefined; `operator bool` tells.
///
/// It stands for `std::move_only_function`, whose header costs every reader 28,000 lines.
/// Threads: a plain value. Allocation: one for a callable over 24 bytes, or with a throwing move.
template <class R, class... Args>
class unique_fn<R(Args...)> {
 public:
  constexpr unique_fn() noexcept = default;
  constexpr unique_fn(std::nullptr_t) noexcept {}

  template <class Fn>
    requires(!std::is_same_v<std::remove_cvref_t<Fn>, unique_fn> &&
             std::is_invocable_r_v<R, std::decay_t<Fn>&, Args...>)
  unique_fn(Fn&& fn) {
    using held = std::decay_t<Fn>;
    if constexpr (fits<held>) {
      ::new (static_cast<void*>(storage_)) held(std::forward<Fn>(fn));
    } else {
      ::new (static_cast<void*>(storage_)) held*(new held(std::forward<Fn>(fn)));
    }
    ops_ = &ops_for<held>;
  }

  unique_fn(unique_fn&& other) noexcept { take(other); }
  unique_fn& operator=(unique_fn&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  unique_fn(const unique_fn&) = delete;
  unique_fn& operator=(const unique_fn&) = delete;
  ~unique_fn() { reset(); }

  [[nodiscard]] explicit constexpr operator bool() const noexcept { return ops_ != nullptr; }

  R operator()(Args... args) { return ops_->call(storage_, std::forward<Args>(args)...); }

  /// Destroys the callable.
  void reset() noexcept {
    if (const operations* ops = std::exchange(ops_, nullptr)) ops->destroy(storage_);
  }

 private:
  static constexpr std::size_t inline_size = 3 * sizeof(void*);

  struct operations {
    R (*call)(void* storage, Args&&... args);
    void (*move)(void* source, void* target) noexcept;
    void (*destroy)(void* storage) noexcept;
  };

  template <class Held>
  static constexpr bool fits = sizeof(Held) <= inline_size && alignof(Held) <= alignof(void*) &&
                               std::is_nothrow_move_constructible_v<Held>;

  template <class Held>
  static Held& held_in(void* storage) noexcept {
    if constexpr (fits<Held>) {
      return *std::launder(static_cast<Held*>(storage));
    } else {
      return **std::launder(static_cast<Held**>(storage));
    }
  }

  template <class Held>
  static constexpr operations ops_for{
      [](void* storage, Args&&... args) -> R {
        return static_cast<R>(held_in<Held>(storage)(std::forward<Args>(args)...));
      },
      [](void* source, void* target) noexcept {
        if constexpr (fits<Held>) {
          ::new (target) Held(std::move(held_in<Held>(source)));
          held_in<Held>(source).~Held();
        } else {
          ::new (target) Held*(&held_in<Held>(source));
        }
      },
      [](void* storage) noexcept {
        if constexpr (fits<Held>) {
          held_in<Held>(storage).~Held();
        } else {
          delete &held_in<Held>(storage);
        }
      }};

  void take(unique_fn& other) noexcept {
    ops_ = std::exchange(other.ops_, nullptr);
    if (ops_ != nullptr) ops_->move(other.storage_, storage_);
  }

  alignas(void*) std::byte storage_[inline_size];
  const operations* ops_ = nullptr;
};

}  // namespace edo::inline v0
