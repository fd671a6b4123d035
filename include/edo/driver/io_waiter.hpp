/// What a future that waits for a descriptor embeds; nothing here is meant for users.
#pragma once

#include "edo/base/intrusive_list.hpp"
#include "edo/future/waker.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class readiness;  // src/driver/readiness.hpp

/// The two directions of a descriptor that one may wait for.
enum class io_direction : std::uint8_t { read, write };

/// A place in the list of those who wait for one descriptor. Any number may wait for each
/// direction; an event wakes all of its direction, and those who come too late wait again.
///
/// Lives in the future; its destruction unlinks it. It may move while it is not waiting, which is
/// to say before the first poll (a move later gives the place up: the next poll takes a new one).
/// Threads: the future's; the driver reaches it under the descriptor's lock while it is linked.
class EDO_API io_waiter : public list_hook<> {
 public:
  io_waiter() noexcept = default;
  io_waiter(io_waiter&& other) noexcept;
  io_waiter& operator=(io_waiter&&) = delete;
  ~io_waiter();

 private:
  friend class readiness;

  // the future's thread only: null means certainly not linked
  readiness* home_ = nullptr;

  // guarded by the lock of *home_
  waker waker_;
  io_direction direction_ = io_direction::read;
};

}  // namespace edo::inline v0::detail
