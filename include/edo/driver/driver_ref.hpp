/// A share in a driver, for types in public headers; nothing here is meant for users.
#pragma once

#include "edo/base/config.hpp"

#include <utility>

namespace edo::inline v0::detail {

class driver;  // src/driver/driver.hpp

EDO_API void add_ref(driver& target) noexcept;
EDO_API void drop_ref(driver& target) noexcept;

/// Owns one reference to a driver, or nothing: sockets and timers may outlive their runtime.
///
/// The driver counts its own references; the `std::shared_ptr<driver>` that a runtime holds stands
/// for one of them. So a future costs a pointer, and its header does without `<memory>`.
/// Threads: a plain value; the count is atomic.
class driver_ref {
 public:
  constexpr driver_ref() noexcept = default;
  explicit driver_ref(driver& target) noexcept : ptr_(&target) { add_ref(target); }
  driver_ref(const driver_ref& other) noexcept : ptr_(other.ptr_) {
    if (ptr_ != nullptr) add_ref(*ptr_);
  }
  driver_ref(driver_ref&& other) noexcept : ptr_(std::exchange(other.ptr_, nullptr)) {}
  driver_ref& operator=(driver_ref other) noexcept {
    std::swap(ptr_, other.ptr_);
    return *this;
  }
  ~driver_ref() {
    if (ptr_ != nullptr) drop_ref(*ptr_);
  }

  [[nodiscard]] driver* get() const noexcept { return ptr_; }
  driver* operator->() const noexcept { return ptr_; }
  driver& operator*() const noexcept { return *ptr_; }
  explicit operator bool() const noexcept { return ptr_ != nullptr; }

 private:
  driver* ptr_ = nullptr;
};

}  // namespace edo::inline v0::detail
