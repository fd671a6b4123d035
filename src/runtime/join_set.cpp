#include "edo/runtime/join_set.hpp"

namespace edo::inline v0 {

poll_result<void> join_set_shutdown_future::poll(context& cx) noexcept {
  if (!std::exchange(aborted_, true)) wait_.set().abort_all();
  for (;;) {  // the budget bounds it
    const poll_result<detail::task_header*> child = wait_.poll(cx);
    if (child.is_pending()) return pending;
    if (child.value() == nullptr) return done;
    detail::task_join_drop(*child.value(), false);
  }
}

}  // namespace edo::inline v0
