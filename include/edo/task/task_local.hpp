/// Values that belong to a task, or to a part of one, as thread-locals belong to a thread.
///
/// How it works: a scope, that is a future with a value, puts a `local_frame` for its key on a list
/// of this thread while it polls what is inside it, and takes it off again. The list's head is in
/// the one thread-local of the library (src/task/thread_state.hpp), and a poll does not change
/// threads, so nothing is kept of a thread across a suspension. A frame knows the task in which it
/// was made: what this thread polls *inside* that poll but in another task (a runtime that is
/// driven in a `block_in_place`) does not see it.
#pragma once

#include "edo/base/usage.hpp"
#include "edo/future/async.hpp"

#include <concepts>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

template <class T>
class task_local;

namespace detail {
struct task_header;
struct thread_state;

/// The value of one key, visible on this thread from the making of the frame to its end.
/// Threads: made and destroyed on one, in the order of a stack.
class EDO_API local_frame {
 public:
  local_frame(const void* key, void* value) noexcept;
  local_frame(const local_frame&) = delete;
  local_frame& operator=(const local_frame&) = delete;
  ~local_frame();

  /// The innermost value of `key` that the calling code may see, or null.
  [[nodiscard]] static void* find(const void* key) noexcept;

 private:
  thread_state& thread_;
  const void* const key_;
  void* const value_;
  const task_header* const task_;  // null: outside of tasks
  const local_frame* const outer_;
};

[[noreturn]] EDO_API void throw_value_taken(std::source_location where);
}  // namespace detail

/// The future of `task_local<T>::scope`.
///
/// Movable until it is first polled. Errors: those of the future inside; polling it after
/// `take_value()` throws `usage_error` EDO-E0019, polling it after it was ready EDO-E0005.
template <class T, future F>
class [[nodiscard]] local_scope_future {
 public:
  using output = output_of<F>;
  static constexpr bool holds_closure = edo::holds_closure<F>;
  static constexpr bool holds_borrowed = edo::holds_borrowed<F>;

  template <class V>
  local_scope_future(const task_local<T>& key, std::source_location where, V&& value, F&& inner)
      : key_(&key),
        where_(where),
        value_(std::in_place, std::forward<V>(value)),
        inner_(std::in_place, std::move(inner)) {}

  local_scope_future(local_scope_future&&) = default;
  local_scope_future& operator=(local_scope_future&&) = delete;
  ~local_scope_future() {
    if (!value_ || !inner_) return;  // without a value, the future dies without it
    const detail::local_frame frame(key_, &*value_);
    inner_.reset();
  }

  poll_result<output> poll(context& cx) {
    if (!value_) [[unlikely]]
      detail::throw_value_taken(where_);
    if (!inner_) [[unlikely]]
      detail::throw_usage(usage::awaited_twice, where_, "task_local::scope");
    const detail::local_frame frame(key_, &*value_);
    poll_result<output> polled = inner_->poll(cx);
    if (polled.is_ready()) inner_.reset();  // its destructor sees the value, too
    return polled;
  }

  /// Takes the value out; nothing if it was taken before. Not during a poll of this future.
  [[nodiscard]] std::optional<T> take_value() { return std::exchange(value_, std::nullopt); }

  /// Refuses a coroutine inside that borrows, before it is handed to a task. Errors: as
  /// `edo::spawn`.
  void require_owning(std::source_location where) const {
    detail::require_spawnable(*inner_, where);
  }

 private:
  const task_local<T>* key_;
  std::source_location where_;
  std::optional<T> value_;
  std::optional<F> inner_;
};

/// A key under which a task finds a value of its own, without handing it down through every call:
/// an id for the log, a deadline, a user.
///
///     inline constinit edo::task_local<int> request_id;
///     co_await request_id.scope(7, serve(std::move(connection)));   // in serve: request_id.get()
///
/// The value is there during each poll of the scope's future and in the destructors of what that
/// owns, also when its task is aborted, on whatever thread that happens. Scopes of one key nest:
/// the innermost counts. A spawned task inherits nothing: give it a scope of its own.
///
/// Threads: a key may be used by all of them; each sees what its own task has. A value is used by
/// one thread at a time, so it may be changed without a lock. Complexity: a look-up is linear in
/// the scopes around it. Allocation: none.
/// Source: `tokio::task_local!`, `tokio::task::LocalKey`.
template <class T>
class task_local {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && std::move_constructible<T>,
                "edo: a task_local holds an object that can be moved; wrap others in a pointer");

 public:
  constexpr task_local() noexcept = default;
  task_local(const task_local&) = delete;
  task_local& operator=(const task_local&) = delete;

  /// `inner` with a value of this key around it.
  ///
  /// Awaits: `inner`; an lvalue is borrowed, an rvalue owned. Cancel safety: that of `inner`; the
  /// value is dropped with it, after it. Errors: those of `inner`. Allocation: none.
  template <class V, awaitable F>
    requires std::constructible_from<T, V>
  [[nodiscard]] local_scope_future<T, future_type<F>> scope(
      V&& value, F&& inner, std::source_location where = std::source_location::current()) const {
    return local_scope_future<T, future_type<F>>(*this, where, std::forward<V>(value),
                                                 into_future(std::forward<F>(inner)));
  }

  /// Calls `fn()` with a value of this key around it. Errors: what `fn` throws.
  template <class V, std::invocable Fn>
    requires std::constructible_from<T, V>
  std::invoke_result_t<Fn> sync_scope(V&& value, Fn&& fn) const {
    T held(std::forward<V>(value));
    const detail::local_frame frame(this, &held);
    return std::forward<Fn>(fn)();
  }

  /// Calls `fn(T&)` with the innermost value. Errors: `usage_error` EDO-E0019 outside of every
  /// scope of this key; what `fn` throws.
  template <std::invocable<T&> Fn>
  std::invoke_result_t<Fn, T&> with(
      Fn&& fn, std::source_location where = std::source_location::current()) const {
    return std::forward<Fn>(fn)(value(where));
  }

  /// The same, or nothing outside of every scope: an optional with what `fn` gives; for void,
  /// whether it was called.
  template <std::invocable<T&> Fn>
    requires(!std::is_reference_v<std::invoke_result_t<Fn, T&>>)
  auto try_with(Fn&& fn) const {
    T* found = find();
    if constexpr (std::is_void_v<std::invoke_result_t<Fn, T&>>) {
      if (found != nullptr) std::forward<Fn>(fn)(*found);
      return found != nullptr;
    } else {
      using result = std::optional<std::invoke_result_t<Fn, T&>>;
      return found != nullptr ? result(std::forward<Fn>(fn)(*found)) : result();
    }
  }

  /// A copy of the innermost value. Errors: `usage_error` EDO-E0019 outside of every scope.
  [[nodiscard]] T get(std::source_location where = std::source_location::current()) const
    requires std::copy_constructible<T>
  {
    return value(where);
  }

  /// The same, or nothing outside of every scope.
  [[nodiscard]] std::optional<T> try_get() const
    requires std::copy_constructible<T>
  {
    const T* found = find();
    return found != nullptr ? std::optional<T>(*found) : std::nullopt;
  }

 private:
  [[nodiscard]] T* find() const noexcept {
    return static_cast<T*>(detail::local_frame::find(this));
  }
  [[nodiscard]] T& value(std::source_location where) const {
    T* found = find();
    if (found == nullptr) [[unlikely]]
      detail::throw_usage(usage::no_task_local, where, "edo::task_local");
    return *found;
  }
};

}  // namespace edo::inline v0
