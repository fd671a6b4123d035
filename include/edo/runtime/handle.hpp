/// A cheap reference to a runtime, and the guard that makes it the thread's.
#pragma once

#include "edo/runtime/detail/block_on.hpp"
#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/detail/spawns.hpp"
#include "edo/runtime/metrics.hpp"

#include <concepts>
#include <optional>
#include <source_location>
#include <string_view>
#include <utility>

namespace edo::inline v0 {

namespace detail {
struct handle_access;
}  // namespace detail

/// While it lives, `spawn`, timers and sockets on this thread use its runtime.
///
/// Guards nest and are destroyed in the reverse order, on the thread that made them; another order
/// is reported as EDO-E0016 and healed. It keeps the runtime's memory, not the runtime, alive.
/// Not movable: `auto guard = handle.enter();`. Source: Rust's `tokio::runtime::EnterGuard`.
class [[nodiscard]] EDO_API enter_guard {
 public:
  explicit enter_guard(detail::runtime_state& runtime, std::source_location where) noexcept;
  enter_guard(const enter_guard&) = delete;
  enter_guard& operator=(const enter_guard&) = delete;
  ~enter_guard();

 private:
  detail::runtime_state* runtime_;
  detail::runtime_state* before_;
  enter_guard* outer_;
  std::source_location where_;
};

/// A reference to a runtime, for other threads and for later.
///
/// Copies refer to the same runtime and do not keep it running: after its shutdown `spawn` and
/// `spawn_blocking` give handles that are cancelled at once. `spawn` takes what `edo::spawn` does.
/// Threads: any; a copy of its own for each. Source: Rust's `tokio::runtime::Handle`.
class EDO_API handle : public detail::spawns<handle> {
 public:
  handle(const handle& other) noexcept;
  handle(handle&& other) noexcept : handle(std::as_const(other)) {}
  handle& operator=(const handle& other) noexcept;
  handle& operator=(handle&& other) noexcept { return *this = std::as_const(other); }
  ~handle();

  /// The runtime of the calling thread.
  /// Errors: `usage_error` EDO-E0009 if it has none.
  [[nodiscard]] static handle current(std::source_location where = std::source_location::current());

  /// The same, or nothing.
  [[nodiscard]] static std::optional<handle> try_current() noexcept;

  /// Makes this runtime the calling thread's for the guard's life.
  [[nodiscard]] enter_guard enter(
      std::source_location where = std::source_location::current()) const noexcept;

  /// The runtime's counters.
  [[nodiscard]] runtime_metrics metrics() const noexcept;

  /// The runtime's name, as its builder was told; empty if it has none. Good while the handle is.
  [[nodiscard]] std::string_view name() const noexcept;

  /// Runs a callable on the blocking pool: see `edo::spawn_blocking`.
  template <class Fn>
  auto spawn_blocking(Fn&& fn, std::source_location where = std::source_location::current()) const {
    return detail::spawn_job(detail::same_process(*state_, where), where, std::forward<Fn>(fn));
  }

  /// Polls `future` on this thread until it is ready: see `runtime::block_on`.
  template <awaitable F>
  output_of<F> block_on(F&& future,
                        std::source_location where = std::source_location::current()) const {
    return detail::block_on_runtime(*state_, std::forward<F>(future), where);
  }

 private:
  friend class runtime;
  friend struct detail::handle_access;
  friend class detail::spawns<handle>;

  explicit handle(detail::runtime_state& state) noexcept;

  template <class... Given>
  auto spawn_at(std::source_location where, Given&&... given) const {
    return detail::spawn_any(detail::same_process(*state_, where), where,
                             std::forward<Given>(given)...);
  }

  detail::runtime_state* state_;
};

namespace detail {
/// What the rest of the library may ask of a handle.
struct handle_access {
  /// Errors: as `same_process`.
  [[nodiscard]] static runtime_state& state(const handle& of, std::source_location where) {
    return same_process(*of.state_, where);
  }
};
}  // namespace detail

}  // namespace edo::inline v0
