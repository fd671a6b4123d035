/// Tasks that never leave their thread.
#pragma once

#include "edo/base/intrusive_list.hpp"
#include "edo/future/detail/progress_mark.hpp"
#include "edo/future/waker.hpp"
#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/handle.hpp"

#include <cstddef>
#include <source_location>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

namespace detail {

class local_tasks;  // src/runtime/local_tasks.hpp
struct local_access;
struct local_driver_tag;

/// A place in the list of those who drive a set; nothing here is meant for users.
/// Threads: the home thread; others under the set's lock while it is linked.
class EDO_API local_driver : public list_hook<local_driver_tag> {
 public:
  /// Keeps the memory of `tasks`, and does not keep them alive.
  explicit local_driver(local_tasks& tasks) noexcept;
  /// What has been seen so far is given up: the next poll takes a new place.
  local_driver(local_driver&& other) noexcept;
  local_driver& operator=(local_driver&&) = delete;
  ~local_driver();

  /// Runs the tasks that are ready. Errors: `usage_error` EDO-E0021 on another thread.
  void tick(context& cx, std::source_location where);
  /// True if the set has tasks.
  [[nodiscard]] bool has_tasks() const noexcept;

 private:
  friend class local_tasks;

  local_tasks* tasks_;
  waker waiting;  // guarded by the set's lock
};

/// The calling thread's set. Errors: `usage_error` EDO-E0020.
[[nodiscard]] EDO_API local_tasks& local_tasks_for(std::source_location where);

/// Errors: `usage_error` EDO-E0021 if the calling thread is not the set's.
EDO_API void require_home(const local_tasks& tasks, std::source_location where);

/// Starts a new task of the set; after the set's end it is cancelled instead.
EDO_API void launch_local(local_tasks& tasks, task_header& task) noexcept;

/// Makes a set the calling thread's; gives the one before.
EDO_API local_tasks* exchange_local_tasks(local_tasks* tasks) noexcept;

template <class... Given>
auto spawn_local_at(local_tasks& tasks, std::source_location where, Given&&... given) {
  require_home(tasks, where);
  return spawn_with(
      [&]<bool Fresh, future F>(std::bool_constant<Fresh>, F&& made) {
        using held = std::remove_cvref_t<F>;
        using handle = join_access::handle<output_of<held>, Fresh>;
        auto& cell = task_cell<held>::make(std::forward<F>(made), where);
        auto joined = join_access::make<handle>(cell);
        launch_local(tasks, cell);
        return joined;
      },
      where, std::forward<Given>(given)...);
}

/// The overloads of `spawn_local` as a member; `Self` has `tasks()`.
template <class Self>
class local_spawns {
 public:
  /// Starts a task of the set: see `edo::spawn_local`.
  template <class F>
  auto spawn_local(F&& future, std::source_location where = std::source_location::current()) const {
    return spawn_local_at(self().tasks(), where, std::forward<F>(future));
  }
  template <class F, class A>
  auto spawn_local(F&& fn,
                   A&& a,
                   std::source_location where = std::source_location::current()) const {
    return spawn_local_at(self().tasks(), where, std::forward<F>(fn), std::forward<A>(a));
  }
  template <class F, class A, class B>
  auto spawn_local(F&& fn,
                   A&& a,
                   B&& b,
                   std::source_location where = std::source_location::current()) const {
    return spawn_local_at(self().tasks(), where, std::forward<F>(fn), std::forward<A>(a),
                          std::forward<B>(b));
  }
  template <class F, class A, class B, class C>
  auto spawn_local(F&& fn,
                   A&& a,
                   B&& b,
                   C&& c,
                   std::source_location where = std::source_location::current()) const {
    return spawn_local_at(self().tasks(), where, std::forward<F>(fn), std::forward<A>(a),
                          std::forward<B>(b), std::forward<C>(c));
  }

 private:
  friend Self;
  local_spawns() = default;

  [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

}  // namespace detail

/// While it lives, `edo::spawn_local` on this thread starts tasks of its set. Guards nest and are
/// destroyed in the reverse order. Not movable. Source: `tokio::task::LocalEnterGuard`.
class [[nodiscard]] local_enter_guard {
 public:
  explicit local_enter_guard(detail::local_tasks& tasks) noexcept
      : before_(detail::exchange_local_tasks(&tasks)) {}
  local_enter_guard(const local_enter_guard&) = delete;
  local_enter_guard& operator=(const local_enter_guard&) = delete;
  ~local_enter_guard() { detail::exchange_local_tasks(before_); }

 private:
  detail::local_tasks* before_;
};

/// The future of `local_set::run_until`.
/// Movable until it is first polled.
template <future F>
class [[nodiscard]] run_until_future {
 public:
  using output = output_of<F>;
  static constexpr bool holds_closure = edo::holds_closure<F>;
  static constexpr bool holds_borrowed = true;  // the set

  run_until_future(detail::local_tasks& tasks, F&& inner, std::source_location where)
      : tasks_(&tasks), driver_(tasks), where_(where), inner_(std::move(inner)) {}

  poll_result<output> poll(context& cx) {
    progress_.begin(cx, "run_until");
    detail::require_home(*tasks_, where_);
    const local_enter_guard guard(*tasks_);
    poll_result<output> polled = detail::noted(progress_, inner_.poll(cx));
    if (polled.is_pending()) driver_.tick(cx, where_);
    return polled;
  }

 private:
  detail::local_tasks* tasks_;
  detail::local_driver driver_;
  std::source_location where_;
  F inner_;
  detail::progress_mark progress_;
};

/// A set of tasks that are polled and destroyed on the thread that made the set: for what must not
/// change threads (a library with thread-locals, a counter without a lock).
///
///     edo::local_set set;
///     rt.block_on(set.run_until(serve()));   // in serve: edo::spawn_local(session(...))
///
/// Its tasks make progress while one of its drivers is polled on that thread: `run_until`, or the
/// set itself, which is a future that is ready when no task is left. Drivers belong into
/// `runtime::block_on` or into another task of the same thread; on a worker, which a task may leave
/// at any await, the first poll elsewhere throws EDO-E0021.
///
/// A wake may come from any thread, an abort too: the task is destroyed at home. Destroying the set
/// cancels all its tasks, and it must happen at home: elsewhere EDO-E0021 is printed.
/// Hooks and the policy of exceptions are those of the runtime in which the set was made; its
/// metrics do not count these tasks.
/// Threads: the home thread. Allocation: one a set, one a task. Not movable.
/// Source: `tokio::task::LocalSet`.
class EDO_API local_set : public detail::local_spawns<local_set> {
 public:
  using output = void;

  /// At home on the calling thread, with or without a runtime.
  explicit local_set(std::source_location where = std::source_location::current());
  local_set(const local_set&) = delete;
  local_set& operator=(const local_set&) = delete;
  ~local_set();

  /// Awaits: `awaited`, polled in the set's context (`edo::spawn_local` starts tasks of the set),
  /// while the set's tasks run: up to 61 polls, then `awaited` has its turn. An lvalue is borrowed;
  /// so is the set. Tasks that are left when it is ready stay in the set, and wait.
  /// Cancel safety: that of `awaited`; the tasks stay. Errors: those of `awaited`; `usage_error`
  /// EDO-E0021 on another thread. Threads: any number of drivers at home. It shares the budget of
  /// the task that polls it; the set's tasks have their own.
  /// Source: `tokio::task::LocalSet::run_until`.
  template <awaitable F>
  [[nodiscard]] run_until_future<future_type<F>> run_until(
      F&& awaited, std::source_location where = std::source_location::current()) const {
    return {tasks(), into_future(std::forward<F>(awaited)), where};
  }

  /// `runtime.block_on(set.run_until(future))`. Source: `tokio::task::LocalSet::block_on`.
  template <awaitable F>
  output_of<F> block_on(const handle& runtime,
                        F&& future,
                        std::source_location where = std::source_location::current()) const {
    return runtime.block_on(run_until(std::forward<F>(future), where), where);
  }

  /// Runs the tasks; ready when none is left. Await the set itself, by reference: `co_await set`.
  /// It can be awaited again. Errors: `usage_error` EDO-E0021 on another thread.
  poll_result<void> poll(context& cx);

  /// Makes `edo::spawn_local` on this thread start tasks of this set, which wait for a driver.
  /// Errors: `usage_error` EDO-E0021 on another thread.
  [[nodiscard]] local_enter_guard enter(
      std::source_location where = std::source_location::current()) const {
    detail::require_home(tasks(), where);
    return local_enter_guard(tasks());
  }

  /// How many tasks have not ended. Threads: home.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool is_empty() const noexcept { return size() == 0; }

 private:
  friend class detail::local_spawns<local_set>;
  friend struct detail::local_access;

  [[nodiscard]] detail::local_tasks& tasks() const noexcept { return *tasks_; }

  std::source_location where_;
  detail::local_tasks* tasks_;  // one reference
  detail::local_driver driver_;
};

namespace detail {
/// What the rest of the library may ask of a set.
struct local_access {
  [[nodiscard]] static local_tasks& tasks(const local_set& of) noexcept { return of.tasks(); }
};
}  // namespace detail

/// Starts a task of the calling thread's `local_set` or `local_runtime`: of the one that is being
/// driven, or entered, innermost. The task never leaves the thread.
///
/// Takes what `edo::spawn` does, with up to three arguments. Dropping the handle detaches the task.
/// Errors: `usage_error` EDO-E0020 where there is no set; EDO-E0001 to 0003 as `edo::spawn`.
/// Threads: the set's. The handle may be awaited, and aborted, on any.
/// Source: `tokio::task::spawn_local`.
template <class F>
auto spawn_local(F&& future, std::source_location where = std::source_location::current()) {
  return detail::spawn_local_at(detail::local_tasks_for(where), where, std::forward<F>(future));
}
template <class F, class A>
auto spawn_local(F&& fn, A&& a, std::source_location where = std::source_location::current()) {
  return detail::spawn_local_at(detail::local_tasks_for(where), where, std::forward<F>(fn),
                                std::forward<A>(a));
}
template <class F, class A, class B>
auto spawn_local(F&& fn,
                 A&& a,
                 B&& b,
                 std::source_location where = std::source_location::current()) {
  return detail::spawn_local_at(detail::local_tasks_for(where), where, std::forward<F>(fn),
                                std::forward<A>(a), std::forward<B>(b));
}
template <class F, class A, class B, class C>
auto spawn_local(
    F&& fn, A&& a, B&& b, C&& c, std::source_location where = std::source_location::current()) {
  return detail::spawn_local_at(detail::local_tasks_for(where), where, std::forward<F>(fn),
                                std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}

}  // namespace edo::inline v0
