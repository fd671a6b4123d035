/// The future of `block_on`, whatever its type; nothing here is meant for users.
#pragma once

#include "edo/future/context.hpp"

namespace edo::inline v0::detail {

/// A future on the stack of `block_on`.
struct root_poll {
  /// Polls once; true: the output is there. May throw what the future throws.
  bool (*poll)(root_poll& self, context& cx);
  /// Destroys the future.
  void (*destroy)(root_poll& self) noexcept;
};

}  // namespace edo::inline v0::detail
