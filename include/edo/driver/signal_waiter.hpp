/// What a future that waits for a signal of the system embeds; nothing here is meant for users.
#pragma once

#include "edo/base/intrusive_list.hpp"
#include "edo/future/waker.hpp"

#include <cstdint>

namespace edo::inline v0::detail {

class driver;

/// A place in the process-wide list of those who wait for a signal.
///
/// Threads: the future's; any driver reaches it under the list's lock while it is linked.
/// The functions are those of src/driver/signal_hub.hpp.
class signal_waiter : public list_hook<> {
 public:
  signal_waiter(int number, std::uint32_t seen) noexcept : number_(number), seen_(seen) {}

  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] std::uint32_t seen() const noexcept { return seen_; }
  [[nodiscard]] bool is_registered() const noexcept { return registered_; }

 private:
  friend class signal_hub;

  // the owner's: false means certainly not linked
  bool registered_ = false;

  // immutable while registered
  int number_;
  std::uint32_t seen_;  // how often the signal had come when waiting began
  const driver* driver_ = nullptr;

  // guarded by the hub's lock while registered
  waker waker_;
};

}  // namespace edo::inline v0::detail
