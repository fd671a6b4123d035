/// Starts tasks on the runtime of the calling thread.
#pragma once

#include "edo/runtime/detail/launch.hpp"

#include <source_location>
#include <utility>

namespace edo::inline v0 {

// One overload for each number of arguments: the place of the call is a default argument, and one
// cannot stand behind a parameter pack.

/// Starts a task: `future` is polled by the runtime from now on, whether or not the handle is
/// awaited. Dropping the handle detaches the task.
///
/// `future` is an `edo::async<T>` or any other future, given as an rvalue, and must own what it
/// uses; or it is a callable that gives one, called with `args` in the task. The callable and the
/// arguments are copied or moved beside the task and live as long as it, so that a lambda
/// coroutine may use its captures.
/// Cancel safety: the task goes on when the caller is dropped; `join_handle::abort` ends it.
/// Errors: `usage_error` EDO-E0009 without a runtime, EDO-E0001 to 0003 for a coroutine that
/// borrows. After the runtime's shutdown the handle is cancelled at once.
/// Threads: any that has a runtime. The task may be polled on any worker.
/// Allocation: one block of the frame pool, beside the coroutine's own.
/// Source: Rust's `tokio::spawn`.
template <class F>
auto spawn(F&& future, std::source_location where = std::source_location::current()) {
  return detail::spawn_any(detail::runtime_for(where, "edo::spawn"), where,
                           std::forward<F>(future));
}
template <class F, class A>
auto spawn(F&& fn, A&& a, std::source_location where = std::source_location::current()) {
  return detail::spawn_any(detail::runtime_for(where, "edo::spawn"), where, std::forward<F>(fn),
                           std::forward<A>(a));
}
template <class F, class A, class B>
auto spawn(F&& fn, A&& a, B&& b, std::source_location where = std::source_location::current()) {
  return detail::spawn_any(detail::runtime_for(where, "edo::spawn"), where, std::forward<F>(fn),
                           std::forward<A>(a), std::forward<B>(b));
}
template <class F, class A, class B, class C>
auto spawn(
    F&& fn, A&& a, B&& b, C&& c, std::source_location where = std::source_location::current()) {
  return detail::spawn_any(detail::runtime_for(where, "edo::spawn"), where, std::forward<F>(fn),
                           std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}
template <class F, class A, class B, class C, class D>
auto spawn(F&& fn,
           A&& a,
           B&& b,
           C&& c,
           D&& d,
           std::source_location where = std::source_location::current()) {
  return detail::spawn_any(detail::runtime_for(where, "edo::spawn"), where, std::forward<F>(fn),
                           std::forward<A>(a), std::forward<B>(b), std::forward<C>(c),
                           std::forward<D>(d));
}
template <class F, class A, class B, class C, class D, class E>
auto spawn(F&& fn,
           A&& a,
           B&& b,
           C&& c,
           D&& d,
           E&& e,
           std::source_location where = std::source_location::current()) {
  return detail::spawn_any(detail::runtime_for(where, "edo::spawn"), where, std::forward<F>(fn),
                           std::forward<A>(a), std::forward<B>(b), std::forward<C>(c),
                           std::forward<D>(d), std::forward<E>(e));
}

}  // namespace edo::inline v0
