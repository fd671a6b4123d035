/// What an accept that waits for descriptors embeds; nothing here is meant for users.
#pragma once

#include "edo/base/intrusive_list.hpp"
#include "edo/driver/timer_entry.hpp"
#include "edo/future/waker.hpp"

#include <cstdint>
#include <optional>

namespace edo::inline v0::detail {

class driver;

/// A place in the process-wide list of those who ran out of descriptors.
class relief_waiter : public list_hook<> {
 private:
  friend class descriptor_relief;

  // the owner's: false means certainly not linked
  bool enlisted_ = false;

  // guarded by the list's lock while enlisted
  waker waker_;
};

/// Waits until a pause is over: for its deadline, or for a descriptor that was closed.
///
/// Threads: the future's; what it is linked into reaches it under locks of their own.
/// Movable while it does not wait: a moved one starts anew.
class EDO_API accept_pause {
 public:
  accept_pause() noexcept = default;
  accept_pause(accept_pause&&) noexcept {}
  accept_pause& operator=(accept_pause&&) = delete;
  ~accept_pause() { end(); }

 private:
  friend class listener;

  void end() noexcept;

  driver* driver_ = nullptr;  // not null: the two may be linked; the listener keeps it alive
  std::optional<timer_entry> timer_;
  relief_waiter relief_;
};

}  // namespace edo::inline v0::detail
