/// Tasks with a name.
#pragma once

#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/handle.hpp"

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

/// Describes a task and spawns it: `edo::task_builder().name("reader").spawn(read(socket))`.
///
/// The name is shown by hooks, by the report of a shutdown and by that of an unhandled exception.
/// Threads: a plain value. Allocation: as `edo::spawn`; a name beyond 15 characters one more.
/// Source: Rust's `tokio::task::Builder`.
class task_builder {
 public:
  task_builder&& name(std::string text) && noexcept {
    tail_.text = std::move(text);
    return std::move(*this);
  }

  /// See `edo::spawn`.
  template <class F>
  auto spawn(F&& future, std::source_location where = std::source_location::current()) && {
    return detail::spawn_named(detail::runtime_for(where, "edo::task_builder::spawn"), where,
                               std::move(tail_), std::forward<F>(future));
  }

  /// The same on another runtime.
  template <class F>
  auto spawn_on(const handle& runtime,
                F&& future,
                std::source_location where = std::source_location::current()) && {
    const enter_guard guard = runtime.enter(where);
    return std::move(*this).spawn(std::forward<F>(future), where);
  }

 private:
  detail::name_tail tail_;
};

}  // namespace edo::inline v0
