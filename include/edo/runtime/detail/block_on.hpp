/// Polls a future on the calling thread for a runtime, whatever its type.
#pragma once

#include "edo/future/async.hpp"
#include "edo/task/detail/root.hpp"

#include <optional>
#include <source_location>
#include <utility>

namespace edo::inline v0::detail {

class runtime_state;

/// The future itself, on the stack.
template <class F>
struct root_of : root_poll {
  template <class G>
  explicit root_of(G&& f)
      : root_poll{&poll_once, &destroy_future},
        future(std::in_place, into_future(std::forward<G>(f))) {}

  static bool poll_once(root_poll& self, context& cx) {
    auto& root = static_cast<root_of&>(self);
    root.result.emplace(root.future->poll(cx));
    return root.result->is_ready();
  }
  static void destroy_future(root_poll& self) noexcept {
    static_cast<root_of&>(self).future.reset();
  }

  std::optional<F> future;
  std::optional<poll_result<output_of<F>>> result;
};

/// Drives `root` until it is ready, then destroys its future, in the runtime's context.
/// Errors: what its poll throws; `usage_error` EDO-E0010 inside a task.
EDO_API void run_root(runtime_state& runtime, root_poll& root, std::source_location where);

template <awaitable F>
output_of<F> block_on_runtime(runtime_state& runtime, F&& future, std::source_location where) {
  root_of<future_type<F>> root(std::forward<F>(future));
  run_root(runtime, root, where);
  return std::move(*root.result).value();
}

}  // namespace edo::inline v0::detail
