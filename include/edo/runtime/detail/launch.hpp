/// How a future or a callable becomes a task of a runtime.
#pragma once

#include "edo/future/async_block.hpp"
#include "edo/task/join_handle.hpp"

#include <concepts>
#include <source_location>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace edo::inline v0::detail {

class runtime_state;

/// The current runtime of this thread. Errors: `usage_error` EDO-E0009.
[[nodiscard]] EDO_API runtime_state& runtime_for(std::source_location where, const char* what);

/// `runtime`, unless it was made before a fork, in the parent. Errors: `usage_error` EDO-E0022.
[[nodiscard]] EDO_API runtime_state& same_process(runtime_state& runtime,
                                                  std::source_location where);

/// Hands a new task to the runtime's scheduler; after its shutdown the task is cancelled instead.
EDO_API void launch_task(runtime_state& runtime, task_header& task) noexcept;

/// Hands a new job to the runtime's blocking pool; after its shutdown the job is cancelled instead.
/// Errors: `std::system_error` if no thread can be created; the job has been cancelled then.
EDO_API void launch_job(runtime_state& runtime, task_header& job);

/// The same for a caller that has the join interest and no handle yet: it is given up on an error.
EDO_API void launch_job_or_drop(runtime_state& runtime, task_header& job);

/// False if as many jobs wait for a thread as the bound says.
[[nodiscard]] EDO_API bool has_room_for_job(runtime_state& runtime) noexcept;

/// A callable made in place whose closure must not stand inside a `co_await` on g++ before 13.
template <class Fn>
inline constexpr bool fresh_closure =
    !std::is_lvalue_reference_v<Fn> && !std::is_trivially_destructible_v<std::decay_t<Fn>>;

template <bool Fresh, future F, class Tail>
auto spawn_future(runtime_state& runtime, std::source_location where, Tail tail, F&& f) {
  using held = std::remove_cvref_t<F>;
  using handle = join_access::handle<output_of<held>, Fresh>;
  auto& cell = task_cell<held, Tail>::make(std::forward<F>(f), where, std::move(tail));
  auto joined = join_access::make<handle>(cell);
  launch_task(runtime, cell);
  return joined;
}

/// Makes a future that owns what it uses of an `async<T>`, any other future, or a callable with its
/// arguments, and gives what `launch(bool_constant<Fresh>, future)` makes of that. `Fresh`: it
/// holds a closure that may have been made in place.
template <class Launch, class F, class... Args>
auto spawn_with(Launch&& launch, std::source_location where, F&& f, Args&&... args) {
  using held = std::remove_cvref_t<F>;
  if constexpr (sizeof...(Args) == 0 && awaitable<held>) {
    static_assert(!std::is_lvalue_reference_v<F>,
                  "EDO-E0018: edo::spawn owns its future: pass a temporary or std::move(future)");
    static_assert(!std::is_const_v<std::remove_reference_t<F>>,
                  "EDO-E0018: edo::spawn moves its future into the task: this one is const");
    static_assert(!holds_borrowed<held>,
                  "EDO-E0004: edo::spawn owns its future: this one was made from an lvalue, which "
                  "it borrows; give join, select, timeout std::move(future)");
    if constexpr (!std::is_lvalue_reference_v<F> && !std::is_const_v<F>) {
      require_spawnable(f, where);
      return launch(std::bool_constant<holds_closure<held>>(), into_future(std::forward<F>(f)));
    }
  } else if constexpr (async_callable<F, Args...>) {
    constexpr bool fresh = fresh_closure<F&&> || (fresh_closure<Args&&> || ...);
    return launch(std::bool_constant<fresh>(),
                  async_block_at(where, std::forward<F>(f), std::forward<Args>(args)...));
  } else {
    static_assert(
        async_callable<F, Args...>,
        "EDO-E0018: edo::spawn takes an edo::async<T>, another future, or a callable that "
        "returns one when it is called with the arguments given");
  }
}

/// Spawns what `spawn_with` makes a future of; `tail` is kept beside it.
template <class Tail, class F, class... Args>
auto spawn_named(
    runtime_state& runtime, std::source_location where, Tail tail, F&& f, Args&&... args) {
  return spawn_with(
      [&]<bool Fresh, future G>(std::bool_constant<Fresh>, G&& made) {
        return spawn_future<Fresh>(runtime, where, std::move(tail), std::forward<G>(made));
      },
      where, std::forward<F>(f), std::forward<Args>(args)...);
}

template <class F, class... Args>
auto spawn_any(runtime_state& runtime, std::source_location where, F&& f, Args&&... args) {
  return spawn_named(runtime, where, no_tail(), std::forward<F>(f), std::forward<Args>(args)...);
}

/// A callable as a future that is ready at its first poll.
template <class Fn>
class blocking_call {
 public:
  explicit blocking_call(Fn&& fn) : fn_(std::move(fn)) {}
  explicit blocking_call(const Fn& fn) : fn_(fn) {}

  poll_result<std::invoke_result_t<Fn&>> poll(context&) {
    if constexpr (std::is_void_v<std::invoke_result_t<Fn&>>) {
      fn_();
      return done;
    } else {
      return poll_result<std::invoke_result_t<Fn&>>(std::in_place, fn_());
    }
  }

 private:
  Fn fn_;
};

/// The same for a callable that takes a `std::stop_token`.
template <class Fn>
class stoppable_call {
  using value = std::invoke_result_t<Fn&, std::stop_token>;

 public:
  template <class G>
  stoppable_call(G&& fn, std::stop_token token)
      : fn_(std::forward<G>(fn)), token_(std::move(token)) {}

  poll_result<value> poll(context&) {
    if constexpr (std::is_void_v<value>) {
      fn_(std::move(token_));
      return done;
    } else {
      return poll_result<value>(std::in_place, fn_(std::move(token_)));
    }
  }

 private:
  Fn fn_;
  std::stop_token token_;
};

/// Outlives the call, so that an abort may come at any time.
struct stop_tail {
  std::stop_source source;
  void request_stop() noexcept { source.request_stop(); }
};

template <class Fn>
concept blocking_callable =
    std::invocable<std::decay_t<Fn>&> || std::invocable<std::decay_t<Fn>&, std::stop_token>;

/// Makes a future of a callable, and gives what `launch(bool_constant<Fresh>, future, tail)` makes
/// of that and of what the task's cell must keep beside it.
template <class Launch, class Fn>
auto job_with(Launch&& launch, Fn&& fn) {
  using held = std::decay_t<Fn>;
  using fresh = std::bool_constant<fresh_closure<Fn&&>>;
  static_assert(blocking_callable<Fn>,
                "EDO-E0018: edo::spawn_blocking takes a callable without arguments, or with one of "
                "type std::stop_token");
  if constexpr (std::invocable<held&, std::stop_token>) {
    stop_tail tail;
    stoppable_call<held> future(std::forward<Fn>(fn), tail.source.get_token());
    return launch(fresh(), std::move(future), std::move(tail));
  } else if constexpr (blocking_callable<Fn>) {
    using call = blocking_call<held>;
    static_assert(!awaitable<output_of<call>>,
                  "EDO-E0018: edo::spawn_blocking runs a plain function; this one returns a future "
                  "that nobody would poll: use edo::spawn");
    return launch(fresh(), call(std::forward<Fn>(fn)), no_tail());
  }
}

/// Hands a future to the blocking pool as a job.
template <bool Fresh, future F, class Tail>
auto spawn_call(runtime_state& runtime, std::source_location where, F&& call, Tail&& tail) {
  using held = std::remove_cvref_t<F>;
  using handle = join_access::handle<output_of<held>, Fresh>;
  auto& cell = task_cell<held, Tail>::make(std::move(call), where, std::move(tail));
  auto joined = join_access::make<handle>(cell);
  launch_job(runtime, cell);
  return joined;
}

template <class Fn>
auto spawn_job(runtime_state& runtime, std::source_location where, Fn&& fn) {
  return job_with(
      [&]<bool Fresh, future F, class Tail>(std::bool_constant<Fresh>, F&& call, Tail&& tail) {
        return spawn_call<Fresh>(runtime, where, std::forward<F>(call), std::forward<Tail>(tail));
      },
      std::forward<Fn>(fn));
}

}  // namespace edo::inline v0::detail
