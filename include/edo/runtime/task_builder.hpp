/// Tasks with a name.
#pragma once

#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/handle.hpp"

#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace edo::inline v0 {

namespace detail {
/// Behind a task's future, as long as its header.
struct name_tail {
  std::string text;
  [[nodiscard]] std::string_view name() const noexcept { return text; }
};
}  // namespace detail

/// Describes tasks and spawns them: `edo::task_builder().name("reader").spawn(read(socket))`.
///
/// `spawn` takes what `edo::spawn` does. A builder can be kept, and spawn several tasks.
/// The name is shown by hooks, by the report of a shutdown and by that of an unhandled exception.
/// Threads: a plain value. Allocation: as `edo::spawn`; a name beyond 15 characters one more.
/// Source: Rust's `tokio::task::Builder`.
class task_builder : public detail::spawns<task_builder> {
 public:
  task_builder&& name(std::string text) && noexcept {
    tail_.text = std::move(text);
    return std::move(*this);
  }

  /// The tasks are those of `runtime`, instead of the calling thread's.
  task_builder&& on(const handle& runtime) && noexcept {
    runtime_.emplace(runtime);
    return std::move(*this);
  }

 private:
  friend class detail::spawns<task_builder>;

  template <class... Given>
  auto spawn_at(std::source_location where, Given&&... given) const {
    detail::runtime_state& target = runtime_
                                        ? detail::handle_access::state(*runtime_, where)
                                        : detail::runtime_for(where, "edo::task_builder::spawn");
    return detail::spawn_named(target, where, tail_, std::forward<Given>(given)...);
  }

  std::optional<handle> runtime_;
  detail::name_tail tail_;
};

}  // namespace edo::inline v0
