/// Counts tasks, so that a shutdown can wait until all have ended.
#pragma once

#include "edo/base/intrusive_list.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/ref_ptr.hpp"
#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/handle.hpp"

#include <cstddef>
#include <source_location>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

class task_tracker;

namespace detail {

/// A wait in a tracker's list. Guarded by the tracker's lock.
struct tracker_waiter : list_hook<> {
  waker waiting;
  bool over = false;  ///< The tracker has been closed and empty while this waited.
};

/// What the copies of a tracker, its tokens and its waits share.
/// Threads: any. Wakers are woken outside of the lock.
class EDO_API tracker_state : public ref_counted<tracker_state> {
 public:
  ~tracker_state();

  void enter() noexcept;
  void leave() noexcept;
  [[nodiscard]] bool close() noexcept;
  [[nodiscard]] bool reopen() noexcept;
  [[nodiscard]] bool is_closed() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;

  /// True: the wait is over. Else `waiter` is in the list, with `cx`'s waker.
  [[nodiscard]] bool wait(tracker_waiter& waiter, context& cx) noexcept;
  void remove(tracker_waiter& waiter) noexcept;

 private:
  [[nodiscard]] bool is_over() const noexcept EDO_REQUIRES(lock_) { return closed_ && count_ == 0; }
  [[nodiscard]] bool tell_waits() noexcept EDO_REQUIRES(lock_);  ///< True: call wake_told then.
  void wake_told() noexcept;

  mutable raw_mutex lock_;
  std::size_t count_ EDO_GUARDED_BY(lock_) = 0;
  bool closed_ EDO_GUARDED_BY(lock_) = false;
  intrusive_list<tracker_waiter> waiting_ EDO_GUARDED_BY(lock_);
  intrusive_list<tracker_waiter> over_ EDO_GUARDED_BY(lock_);  // to be woken
};

}  // namespace detail

/// One unit of a tracker's count, from its making to its end; a copy is another one.
/// Threads: any; one token by one at a time. Allocation: none.
/// Source: `tokio_util::task::task_tracker::TaskTrackerToken`.
class EDO_API task_tracker_token {
 public:
  task_tracker_token(const task_tracker_token& other) noexcept : state_(other.state_) {
    if (state_) state_->enter();
  }
  task_tracker_token(task_tracker_token&& other) noexcept = default;
  task_tracker_token& operator=(task_tracker_token other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~task_tracker_token() {
    if (state_) state_->leave();
  }

  /// The tracker that it counts for. Not of one that was moved from.
  [[nodiscard]] task_tracker tracker() const noexcept;

 private:
  friend class task_tracker;

  explicit task_tracker_token(detail::ref_ptr<detail::tracker_state> state) noexcept
      : state_(std::move(state)) {
    state_->enter();
  }

  detail::ref_ptr<detail::tracker_state> state_;
};

/// A future that a tracker counts until it has been destroyed, finished or not.
/// Movable until it is first polled. Awaits, cancel safety, errors: those of `F`.
/// Source: `tokio_util::task::task_tracker::TrackedFuture`.
template <future F>
class [[nodiscard]] tracked_future {
 public:
  using output = output_of<F>;
  static constexpr bool holds_closure = edo::holds_closure<F>;
  static constexpr bool holds_borrowed = edo::holds_borrowed<F>;

  tracked_future(task_tracker_token token, F&& inner)
      : token_(std::move(token)), inner_(std::move(inner)) {}

  poll_result<output> poll(context& cx) { return inner_.poll(cx); }

  /// Refuses a coroutine inside that borrows, before it is handed to a task. Errors: as
  /// `edo::spawn`.
  void require_owning(std::source_location where) const {
    detail::require_spawnable(inner_, where);
  }

 private:
  task_tracker_token token_;
  F inner_;  // destroyed first: the count falls when that has been done
};

/// The future of `task_tracker::wait`.
/// Movable until it is first polled; a later move gives up what it has seen meanwhile.
class [[nodiscard]] EDO_API tracker_wait_future {
 public:
  using output = void;

  tracker_wait_future(tracker_wait_future&& other) noexcept : state_(other.state_) {}
  tracker_wait_future& operator=(tracker_wait_future&&) = delete;
  ~tracker_wait_future() { state_->remove(waiter_); }

  poll_result<void> poll(context& cx) noexcept;

 private:
  friend class task_tracker;

  explicit tracker_wait_future(detail::ref_ptr<detail::tracker_state> state) noexcept
      : state_(std::move(state)) {}

  detail::ref_ptr<detail::tracker_state> state_;
  detail::tracker_waiter waiter_;
};

/// Counts tasks and waits until all of them have ended: for graceful shutdown, where a `join_set`
/// would keep every output until somebody takes it. A tracker keeps nothing of a task that has
/// ended, and dropping it aborts nothing. `spawn` takes what `edo::spawn` does, after `close` too.
///
///     edo::task_tracker tracker;
///     tracker.spawn(serve(std::move(connection)));   // and so on, from anywhere
///     tracker.close();                               // "no more to come": lets wait() end
///     co_await tracker.wait();
///
/// When `wait` is ready, the destructors of the tracked futures have run; an output may still be
/// with its join handle. Copies are the same tracker.
/// Threads: any, concurrently; one copy by one at a time. Complexity: O(1), under a short lock.
/// Allocation: one a tracker; two words in each task. Source: `tokio_util::task::TaskTracker`.
class EDO_API task_tracker : public detail::spawns<task_tracker> {
 public:
  /// A tracker that is open and empty. Errors: `std::bad_alloc`.
  task_tracker();
  task_tracker(const task_tracker&) = default;  // and no move: every copy is a tracker
  task_tracker& operator=(const task_tracker&) = default;
  ~task_tracker() = default;

  /// True if both are the same tracker.
  friend bool operator==(const task_tracker& a, const task_tracker& b) noexcept {
    return a.state_ == b.state_;
  }

  /// Starts a task of another runtime, and counts it.
  /// Source: `tokio_util::task::TaskTracker::spawn_on`.
  template <class F>
  auto spawn_on(const handle& on,
                F&& future,
                std::source_location where = std::source_location::current()) const {
    return spawn_counted(detail::handle_access::state(on, where), where, std::forward<F>(future));
  }

  /// Runs a callable on the blocking pool, and counts it until the callable has been destroyed: see
  /// `edo::spawn_blocking`. Source: `tokio_util::task::TaskTracker::spawn_blocking`.
  template <class Fn>
  auto spawn_blocking(Fn&& fn, std::source_location where = std::source_location::current()) const {
    return spawn_counted_job(detail::runtime_for(where, "edo::task_tracker::spawn_blocking"), where,
                             std::forward<Fn>(fn));
  }

  /// The same on another runtime's pool.
  template <class Fn>
  auto spawn_blocking_on(const handle& on,
                         Fn&& fn,
                         std::source_location where = std::source_location::current()) const {
    return spawn_counted_job(detail::handle_access::state(on, where), where, std::forward<Fn>(fn));
  }

  /// Counts a future until it has been destroyed, whoever polls it; it is counted from now on. An
  /// lvalue is borrowed, and then counted until the borrowing future dies.
  /// Source: `tokio_util::task::TaskTracker::track_future`.
  template <awaitable F>
  [[nodiscard]] tracked_future<future_type<F>> track_future(F&& future) const {
    return tracked_future<future_type<F>>(token(), into_future(std::forward<F>(future)));
  }

  /// Counts whatever its holder does, until it is destroyed.
  /// Source: `tokio_util::task::TaskTracker::token`.
  [[nodiscard]] task_tracker_token token() const noexcept { return task_tracker_token(state_); }

  /// Lets `wait` be ready as soon as nothing is counted. True: it was open. Spawning stays allowed.
  /// Source: `tokio_util::task::TaskTracker::close`.
  bool close() const noexcept { return state_->close(); }

  /// Undoes that. True: it was closed. Waits that are over stay so.
  /// Source: `tokio_util::task::TaskTracker::reopen`.
  bool reopen() const noexcept { return state_->reopen(); }

  [[nodiscard]] bool is_closed() const noexcept { return state_->is_closed(); }

  /// How many are counted now.
  [[nodiscard]] std::size_t size() const noexcept { return state_->size(); }
  [[nodiscard]] bool is_empty() const noexcept { return size() == 0; }

  /// Awaits: that the tracker is closed and nothing is counted, at some time after the wait began
  /// (its first poll), also if it is reopened or filled again right after.
  /// Cancel safety: nothing is lost. Errors: none. Threads: any number of waits, each on any
  /// thread; it may outlive the tracker. It charges the budget once. Allocation: none.
  /// Source: `tokio_util::task::TaskTracker::wait`.
  [[nodiscard]] tracker_wait_future wait() const noexcept { return tracker_wait_future(state_); }

 private:
  friend class task_tracker_token;
  friend class detail::spawns<task_tracker>;

  explicit task_tracker(detail::ref_ptr<detail::tracker_state> state) noexcept
      : state_(std::move(state)) {}

  template <class... Given>
  auto spawn_at(std::source_location where, Given&&... given) const {
    return spawn_counted(detail::runtime_for(where, "edo::task_tracker::spawn"), where,
                         std::forward<Given>(given)...);
  }

  template <class... Given>
  auto spawn_counted(detail::runtime_state& runtime,
                     std::source_location where,
                     Given&&... given) const {
    return detail::spawn_with(
        [&]<bool Fresh, future F>(std::bool_constant<Fresh>, F&& made) {
          return detail::spawn_future<Fresh>(runtime, where, detail::no_tail(),
                                             tracked_future<F>(token(), std::move(made)));
        },
        where, std::forward<Given>(given)...);
  }

  template <class Fn>
  auto spawn_counted_job(detail::runtime_state& runtime,
                         std::source_location where,
                         Fn&& fn) const {
    return detail::job_with(
        [&]<bool Fresh, future F, class Tail>(std::bool_constant<Fresh>, F&& call, Tail&& tail) {
          return detail::spawn_call<Fresh>(runtime, where,
                                           tracked_future<F>(token(), std::move(call)),
                                           std::forward<Tail>(tail));
        },
        std::forward<Fn>(fn));
  }

  detail::ref_ptr<detail::tracker_state> state_;
};

inline task_tracker task_tracker_token::tracker() const noexcept { return task_tracker(state_); }

}  // namespace edo::inline v0
