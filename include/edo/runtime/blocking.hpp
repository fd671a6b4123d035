/// Work that blocks: on a pool of its own, or in place.
#pragma once

#include "edo/future/block_on.hpp"
#include "edo/runtime/detail/launch.hpp"

#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

/// Runs `fn()` on a thread that may block, and gives a handle to its result.
///
/// A callable that takes a `std::stop_token` is handed one, which is told when the job is aborted
/// or the runtime shuts down. The pool starts a thread for each job that finds none idle, up to
/// `max_blocking_threads`; beyond that jobs wait in line, without bound.
/// Cancel safety: dropping the handle detaches the job. `abort()` before it has started cancels it;
/// one that runs goes on, with its token told.
/// Errors: an exception of `fn` reaches the handle. `usage_error` EDO-E0009 without a runtime;
/// `std::system_error` if the first thread cannot be created. At shutdown, jobs that have not
/// started are dropped and their handles are cancelled; running ones are waited for.
/// Threads: any that has a runtime. Allocation: one block of the frame pool.
/// Source: Rust's `tokio::task::spawn_blocking`.
template <class Fn>
auto spawn_blocking(Fn&& fn, std::source_location where = std::source_location::current()) {
  return detail::spawn_job(detail::runtime_for(where, "edo::spawn_blocking"), where,
                           std::forward<Fn>(fn));
}

/// The same, unless the jobs that wait for a thread are as many as the builder's
/// `blocking_queue_max`: then nothing, and `fn` is left as it was.
///
/// What a server calls for work that it can refuse. Several threads that ask at the same moment may
/// pass the bound by as many.
/// Errors, threads, allocation: as `spawn_blocking`.
template <class Fn>
auto try_spawn_blocking(Fn&& fn, std::source_location where = std::source_location::current()) {
  detail::runtime_state& runtime = detail::runtime_for(where, "edo::try_spawn_blocking");
  using joined = decltype(detail::spawn_job(runtime, where, std::forward<Fn>(fn)));
  if (!detail::has_room_for_job(runtime)) return std::optional<joined>();
  return std::optional<joined>(detail::spawn_job(runtime, where, std::forward<Fn>(fn)));
}

namespace detail {
/// Gives this thread's core to another thread, for the scope of a blocking call.
class EDO_API block_in_place_scope {
 public:
  explicit block_in_place_scope(std::source_location where);
  block_in_place_scope(const block_in_place_scope&) = delete;
  block_in_place_scope& operator=(const block_in_place_scope&) = delete;
  ~block_in_place_scope();

 private:
  blocking_scope blocking_;
  runtime_state* runtime_ = nullptr;  // null: there is nothing to undo
  bool gave_core_ = false;
};
}  // namespace detail

/// Runs `fn()` here and now, although it blocks: the other tasks of this worker go on elsewhere
/// meanwhile. What is awaited *in the same task* (other branches of a `join`) waits.
///
/// Inside, blocking is allowed, `block_on` too. It nests. Outside of tasks, and inside the root
/// future of a multi-thread `block_on`, it only calls `fn`.
/// Errors: what `fn` throws. `usage_error` EDO-E0014 on a current-thread runtime, whose thread
/// cannot be given away.
/// Threads: the caller's. Source: Rust's `tokio::task::block_in_place`.
template <std::invocable Fn>
std::invoke_result_t<Fn> block_in_place(
    Fn&& fn, std::source_location where = std::source_location::current()) {
  const detail::block_in_place_scope scope(where);
  return std::forward<Fn>(fn)();
}

}  // namespace edo::inline v0
