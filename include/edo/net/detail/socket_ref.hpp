/// A share in a socket, for types in public headers; nothing here is meant for users.
#pragma once

#include "edo/base/config.hpp"

#include <utility>

namespace edo::inline v0::detail {

class socket;  // src/net/socket.hpp

EDO_API void add_ref(socket& target) noexcept;
EDO_API void drop_ref(socket& target) noexcept;

/// Owns one reference to a connected socket, or nothing. The last one closes it.
/// Threads: a plain value; the count is atomic.
class socket_ref {
 public:
  constexpr socket_ref() noexcept = default;
  explicit socket_ref(socket& target) noexcept : ptr_(&target) { add_ref(target); }
  socket_ref(const socket_ref&) = delete;  // or a stream could be copied; say socket_ref(*ref)
  socket_ref(socket_ref&& other) noexcept : ptr_(std::exchange(other.ptr_, nullptr)) {}
  socket_ref& operator=(const socket_ref&) = delete;
  socket_ref& operator=(socket_ref&& other) noexcept {
    socket_ref taken(std::move(other));
    std::swap(ptr_, taken.ptr_);
    return *this;
  }
  ~socket_ref() {
    if (ptr_ != nullptr) drop_ref(*ptr_);
  }

  /// Takes over the reference that a new socket is born with.
  [[nodiscard]] static socket_ref adopt(socket& target) noexcept {
    socket_ref made;
    made.ptr_ = &target;
    return made;
  }

  [[nodiscard]] socket* get() const noexcept { return ptr_; }
  socket* operator->() const noexcept { return ptr_; }
  socket& operator*() const noexcept { return *ptr_; }
  explicit operator bool() const noexcept { return ptr_ != nullptr; }
  friend bool operator==(const socket_ref&, const socket_ref&) = default;

 private:
  socket* ptr_ = nullptr;
};

}  // namespace edo::inline v0::detail
