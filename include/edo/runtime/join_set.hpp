/// A set of tasks, whose results come in the order in which they are ready.
#pragma once

#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/handle.hpp"
#include "edo/task/detail/join_group.hpp"
#include "edo/task/join_handle.hpp"

#include <concepts>
#include <expected>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <vector>

namespace edo::inline v0 {

template <class T>
class join_set;

namespace detail {
/// Takes the output of a finished child, whose join interest is the caller's.
template <class T>
[[nodiscard]] task_output<T> join_child(task_header& task) {
  struct dropper {
    task_header& task;
    ~dropper() { task_join_drop(task, true); }
  } const guard{task};
  return take_output<T>(task);
}

/// What `join_all` gives.
template <class T>
struct joined_all {
  using type = std::vector<T>;
  static void add(type& all, task_output<T>&& one) { all.push_back(*std::move(one)); }
};
template <>
struct joined_all<void> {
  struct type {};
  static void add(type&, task_output<void>&&) noexcept {}
};
}  // namespace detail

/// The future of `join_set::join_next`.
template <class T>
class [[nodiscard]] join_next_future {
 public:
  using output = std::optional<std::expected<T, join_error>>;

  explicit join_next_future(detail::join_set_base& set) noexcept : wait_(set) {}

  poll_result<output> poll(context& cx) {
    const poll_result<detail::task_header*> child = wait_.poll(cx);
    if (child.is_pending()) return pending;
    if (child.value() == nullptr) return output();
    return output(detail::join_child<T>(*child.value()));
  }

 private:
  detail::join_wait wait_;
};

/// The future of `join_set::join_next_with_id`.
template <class T>
class [[nodiscard]] join_next_with_id_future {
 public:
  using output = std::optional<std::pair<task_id, std::expected<T, join_error>>>;

  explicit join_next_with_id_future(detail::join_set_base& set) noexcept : wait_(set) {}

  poll_result<output> poll(context& cx) {
    const poll_result<detail::task_header*> child = wait_.poll(cx);
    if (child.is_pending()) return pending;
    if (child.value() == nullptr) return output();
    const task_id id(child.value()->id);
    return output(std::in_place, id, detail::join_child<T>(*child.value()));
  }

 private:
  detail::join_wait wait_;
};

/// The future of `join_set::shutdown`.
class [[nodiscard]] EDO_API join_set_shutdown_future {
 public:
  using output = void;

  explicit join_set_shutdown_future(detail::join_set_base& set) noexcept : wait_(set) {}

  poll_result<void> poll(context& cx) noexcept;

 private:
  detail::join_wait wait_;
  bool aborted_ = false;
};

/// The future of `join_set::join_all`.
template <class T>
class [[nodiscard]] join_all_future {
  using collected = detail::joined_all<T>;

 public:
  using output = std::conditional_t<std::is_void_v<T>, void, std::vector<T>>;

  explicit join_all_future(detail::join_set_base& set) noexcept : wait_(set) {}

  poll_result<output> poll(context& cx) {
    if constexpr (!std::is_void_v<T>) {
      if (all_.empty()) all_.reserve(wait_.set().size());
    }
    for (;;) {  // the budget bounds it
      const poll_result<detail::task_header*> child = wait_.poll(cx);
      if (child.is_pending()) return pending;
      if (child.value() == nullptr) break;
      std::expected<T, join_error> one = detail::join_child<T>(*child.value());
      if (!one.has_value()) {
        wait_.set().abort_all();
        one.error().rethrow();
      }
      collected::add(all_, std::move(one));
    }
    if constexpr (std::is_void_v<T>) {
      return done;
    } else {
      return poll_result<output>(std::in_place, std::move(all_));
    }
  }

 private:
  detail::join_wait wait_;
  [[no_unique_address]] typename collected::type all_;
};

/// Tasks with outputs of one type, joined in the order in which they end. Destroying the set aborts
/// those that have not been joined; it does not wait for them (`shutdown` does).
///
///     edo::join_set<page> pages;
///     for (const auto& url : urls) pages.spawn(fetch(url));
///     for (;;) {
///       auto next = co_await pages.join_next();
///       if (!next) break;                             // the set is empty
///       if (next->has_value()) show(**next);
///     }
///
/// Movable while no future of it is alive. Outputs that nobody takes are destroyed with the set or
/// at the end of their tasks; exceptions among them are printed.
/// Threads: the set is used by one thread at a time; its tasks run on any. It may outlive the
/// runtime: tasks of a runtime that is gone are cancelled. Its destructor, `detach_all` and
/// `abort_all` run no user code but the destructors of outputs and the callbacks of stop tokens; a
/// callback must not use the set.
/// Complexity: O(1) a child, however many there are; a wait is woken by a child that has ended, not
/// for each, and asks no other. Allocation: none but the tasks', whose blocks are 40 bytes larger,
/// and one for each set at its first spawn.
/// Source: `tokio::task::JoinSet`.
template <class T = void>
class join_set : public detail::join_set_base {
  static_assert(std::is_object_v<T> || std::is_void_v<T>,
                "EDO-E0018: the tasks of a join_set give an object or nothing");

 public:
  /// How a task ended.
  using joined = std::expected<T, join_error>;

  /// An empty set; it allocates nothing.
  constexpr join_set() noexcept = default;
  join_set(join_set&&) noexcept = default;
  join_set& operator=(join_set&&) noexcept = default;  ///< Aborts what was in it.
  ~join_set() = default;

  /// Starts a task in the set: a future whose output is `T`, or a callable with its arguments that
  /// gives one. What may be spawned, errors and threads: see `edo::spawn`.
  /// Source: `tokio::task::JoinSet::spawn`.
  template <class F>
  abort_handle spawn(F&& future, std::source_location where = std::source_location::current()) {
    return spawn_child(here(where), where, std::forward<F>(future));
  }
  template <class F, class A>
  abort_handle spawn(F&& fn, A&& a, std::source_location where = std::source_location::current()) {
    return spawn_child(here(where), where, std::forward<F>(fn), std::forward<A>(a));
  }
  template <class F, class A, class B>
  abort_handle spawn(F&& fn,
                     A&& a,
                     B&& b,
                     std::source_location where = std::source_location::current()) {
    return spawn_child(here(where), where, std::forward<F>(fn), std::forward<A>(a),
                       std::forward<B>(b));
  }
  template <class F, class A, class B, class C>
  abort_handle spawn(
      F&& fn, A&& a, B&& b, C&& c, std::source_location where = std::source_location::current()) {
    return spawn_child(here(where), where, std::forward<F>(fn), std::forward<A>(a),
                       std::forward<B>(b), std::forward<C>(c));
  }
  template <class F, class A, class B, class C, class D>
  abort_handle spawn(F&& fn,
                     A&& a,
                     B&& b,
                     C&& c,
                     D&& d,
                     std::source_location where = std::source_location::current()) {
    return spawn_child(here(where), where, std::forward<F>(fn), std::forward<A>(a),
                       std::forward<B>(b), std::forward<C>(c), std::forward<D>(d));
  }

  /// Starts a task of another runtime in the set; after that runtime's shutdown it is cancelled at
  /// once. Threads: any, also without a runtime. Source: `tokio::task::JoinSet::spawn_on`.
  template <class F>
  abort_handle spawn_on(const handle& on,
                        F&& future,
                        std::source_location where = std::source_location::current()) {
    return spawn_child(detail::handle_access::state(on, where), where, std::forward<F>(future));
  }

  /// Runs a callable on the blocking pool, as a child of the set: see `edo::spawn_blocking`. Once
  /// it runs, an abort only tells its stop token.
  /// Source: `tokio::task::JoinSet::spawn_blocking`.
  template <class Fn>
  abort_handle spawn_blocking(Fn&& fn,
                              std::source_location where = std::source_location::current()) {
    return spawn_job_child(detail::runtime_for(where, "edo::join_set::spawn_blocking"), where,
                           std::forward<Fn>(fn));
  }

  /// The same on another runtime's pool. Source: `tokio::task::JoinSet::spawn_blocking_on`.
  template <class Fn>
  abort_handle spawn_blocking_on(const handle& on,
                                 Fn&& fn,
                                 std::source_location where = std::source_location::current()) {
    return spawn_job_child(detail::handle_access::state(on, where), where, std::forward<Fn>(fn));
  }

  /// Awaits: the end of the next child, and takes it out: its output, or its `join_error`; nothing,
  /// at once, if the set is empty. In the order in which they end.
  /// Cancel safety: nothing is lost. One wait at a time: a second one takes the first's place.
  /// Errors: none of its own. Threads: the set's, which it borrows. Allocation: none. It charges
  /// the budget once, so that a thousand children that have ended cannot be joined in one poll.
  /// Source: `tokio::task::JoinSet::join_next`.
  [[nodiscard]] join_next_future<T> join_next() noexcept { return join_next_future<T>(*this); }

  /// The same, with the child's id. Source: `tokio::task::JoinSet::join_next_with_id`.
  [[nodiscard]] join_next_with_id_future<T> join_next_with_id() noexcept {
    return join_next_with_id_future<T>(*this);
  }

  /// Takes out a child that has ended, if there is one. A child whose abort handle says that it has
  /// finished may need a moment more to be found here.
  /// Threads: the set's. Complexity: O(1). Source: `tokio::task::JoinSet::try_join_next`.
  [[nodiscard]] std::optional<joined> try_join_next() {
    detail::task_header* child = take_finished();
    if (child == nullptr) return std::nullopt;
    return detail::join_child<T>(*child);
  }

  /// The same, with the child's id.
  [[nodiscard]] std::optional<std::pair<task_id, joined>> try_join_next_with_id() {
    detail::task_header* child = take_finished();
    if (child == nullptr) return std::nullopt;
    const task_id id(child->id);
    return std::optional<std::pair<task_id, joined>>(std::in_place, id,
                                                     detail::join_child<T>(*child));
  }

  /// `join_next` for the polls of users' own futures: pending after it has kept `cx`'s waker.
  /// Threads: the set's. Source: `tokio::task::JoinSet::poll_join_next`.
  [[nodiscard]] poll_result<std::optional<joined>> poll_join_next(context& cx) {
    const poll_result<detail::task_header*> child = poll_finished(cx, nullptr);
    if (child.is_pending()) return pending;
    if (child.value() == nullptr) return std::optional<joined>();
    return std::optional<joined>(detail::join_child<T>(*child.value()));
  }

  /// Aborts all children and awaits: the end of each of them. Outputs are destroyed; exceptions are
  /// printed. The set can be used again.
  /// Cancel safety: the children have been told at the first poll; those that are left stay in the
  /// set. Errors: none. Source: `tokio::task::JoinSet::shutdown`.
  [[nodiscard]] join_set_shutdown_future shutdown() noexcept {
    return join_set_shutdown_future(*this);
  }

  /// Awaits: the end of all children, and gives their outputs in the order in which they ended (for
  /// void, nothing).
  /// Cancel safety: the outputs that it has collected are lost; the other children stay in the set.
  /// Errors: at the first child that threw or was cancelled it aborts the others and rethrows
  /// (`join_error::rethrow`); the others stay in the set, which aborts them anyway when it dies.
  /// Source: `tokio::task::JoinSet::join_all`.
  [[nodiscard]] join_all_future<T> join_all() noexcept { return join_all_future<T>(*this); }

 private:
  static detail::runtime_state& here(std::source_location where) {
    return detail::runtime_for(where, "edo::join_set::spawn");
  }

  template <class... Given>
  abort_handle spawn_child(detail::runtime_state& runtime,
                           std::source_location where,
                           Given&&... given) {
    static_cast<void>(group());  // what can fail comes before the launch
    return detail::spawn_with(
        [&]<bool Fresh, future F>(std::bool_constant<Fresh>, F&& made) {
          auto& cell = make_child(std::forward<F>(made), detail::no_tail(), where);
          detail::launch_task(runtime, cell);
          group().add(cell.tail().node, cell);
          return detail::join_access::abort_handle_of(cell);
        },
        where, std::forward<Given>(given)...);
  }

  template <class Fn>
  abort_handle spawn_job_child(detail::runtime_state& runtime,
                               std::source_location where,
                               Fn&& fn) {
    static_cast<void>(group());  // what can fail comes before the launch
    return detail::job_with(
        [&]<bool Fresh, future F, class Tail>(std::bool_constant<Fresh>, F&& call, Tail&& tail) {
          auto& cell = make_child(std::forward<F>(call), std::forward<Tail>(tail), where);
          detail::launch_job_or_drop(runtime, cell);
          group().add(cell.tail().node, cell);
          return detail::join_access::abort_handle_of(cell);
        },
        std::forward<Fn>(fn));
  }

  template <future F, class Tail>
  static auto& make_child(F&& made, Tail&& tail, std::source_location where) {
    using held = std::remove_cvref_t<F>;
    using kept = detail::join_tail<std::remove_cvref_t<Tail>>;
    static_assert(std::same_as<output_of<held>, T>,
                  "EDO-E0018: join_set<T>::spawn takes a future or a callable whose output is T");
    return detail::task_cell<held, kept>::make(std::forward<F>(made), where,
                                               kept(std::forward<Tail>(tail)));
  }
};

}  // namespace edo::inline v0
