/// A pointer to an object that counts its own references.
#pragma once

#include "edo/base/atomic.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace edo::inline v0::detail {

/// The count inside an object; the object derives from this and is deleted by the last reference.
///
/// The three orders, argued once. Taking a reference is relaxed: whoever takes one has one, so the
/// object cannot go away, and nothing is published by it. Giving one back is a release, so that
/// this owner's writes happen before the destructor; the last one acquires, which pairs with all
/// those releases.
template <class T>
class ref_counted {
 public:
  ref_counted() noexcept = default;
  ref_counted(const ref_counted&) = delete;
  ref_counted& operator=(const ref_counted&) = delete;

  void add_ref() const noexcept {
    // relaxed: the caller holds a reference already.
    count_.fetch_add(1, memory_order_relaxed);
  }
  void add_refs(std::uint32_t count) const noexcept {
    // relaxed: as in add_ref().
    count_.fetch_add(count, memory_order_relaxed);
  }
  void drop_refs(std::uint32_t count) const noexcept {
    // acq_rel: as in drop_ref().
    if (count_.fetch_sub(count, memory_order_acq_rel) == count) delete static_cast<const T*>(this);
  }
  void drop_ref() const noexcept {
    // acq_rel: release for this owner's writes, acquire of the other owners' if it is the last.
    if (count_.fetch_sub(1, memory_order_acq_rel) == 1) delete static_cast<const T*>(this);
  }

 protected:
  ~ref_counted() = default;

 private:
  mutable atomic<std::uint32_t> count_{1};
};

/// Owns one reference to a `ref_counted` object, or nothing.
template <class T>
class ref_ptr {
 public:
  constexpr ref_ptr() noexcept = default;
  constexpr ref_ptr(std::nullptr_t) noexcept {}
  ref_ptr(const ref_ptr& other) noexcept : ptr_(other.ptr_) {
    if (ptr_ != nullptr) ptr_->add_ref();
  }
  ref_ptr(ref_ptr&& other) noexcept : ptr_(std::exchange(other.ptr_, nullptr)) {}
  ref_ptr& operator=(ref_ptr other) noexcept {
    std::swap(ptr_, other.ptr_);
    return *this;
  }
  ~ref_ptr() {
    if (ptr_ != nullptr) ptr_->drop_ref();
  }

  /// Takes over the reference that a new object is born with.
  [[nodiscard]] static ref_ptr adopt(T* ptr) noexcept {
    ref_ptr r;
    r.ptr_ = ptr;
    return r;
  }

  [[nodiscard]] T* get() const noexcept { return ptr_; }
  T* operator->() const noexcept { return ptr_; }
  T& operator*() const noexcept { return *ptr_; }
  explicit operator bool() const noexcept { return ptr_ != nullptr; }
  friend bool operator==(const ref_ptr&, const ref_ptr&) = default;

 private:
  T* ptr_ = nullptr;
};

}  // namespace edo::inline v0::detail
