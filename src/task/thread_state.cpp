#include "task/thread_state.hpp"

namespace edo::inline v0::detail {

thread_state& this_thread_state() noexcept {
  static constinit thread_local thread_state state;
  return state;
}

}  // namespace edo::inline v0::detail
