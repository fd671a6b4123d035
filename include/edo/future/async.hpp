/// The coroutine that is a future.
#pragma once

#include "edo/future/concepts.hpp"
#include "edo/future/detail/awaiters.hpp"
#include "edo/future/detail/borrows.hpp"

#include <source_location>
#include <utility>

namespace edo::inline v0 {

namespace detail {
/// A future whose error can end a coroutine that returns `Result`.
template <class Result, class F>
concept can_leave = is_expected<Result> && is_expected<output_of<F>> &&
                    error_from<typename Result::error_type, typename output_of<F>::error_type>;

/// Stands for the result of an await that does not compile, so that one error is all that is seen.
struct not_awaited : std::suspend_never {
  struct anything {
    template <class T>
    operator T() const;
  };
  anything await_resume() const noexcept { return {}; }
};

/// The promise of `async<T>`: what `co_await` and `co_return` do in its body.
template <class T>
class promise : public promise_return<T> {
 public:
  explicit promise(function_place where = function_place(std::source_location::current())) noexcept
      : promise_return<T>(where.where) {}

  EDO_CORO_WRAPPER async<T> get_return_object() noexcept;

  template <class U>
  [[gnu::always_inline]] child_awaiter<U> await_transform(
      async<U>&& child, std::source_location where = std::source_location::current());

  template <awaitable F>
  auto await_transform(F&& future, std::source_location where = std::source_location::current());

  template <class F>
  auto await_transform(try_operand<F> operand,
                       std::source_location where = std::source_location::current());

  template <class X>
    requires(!awaitable<X>)
  not_awaited await_transform(X&&) {
    static_assert(awaitable<X>,
                  "EDO-E0018: co_await of a type that is not a future: it needs a member "
                  "poll(edo::context&) that returns edo::poll_result<T>");
    return {};
  }
};
}  // namespace detail

/// A coroutine that is a future: a function that returns `async<T>` and uses `co_await` or
/// `co_return` makes one when it is called, and runs nothing until that is awaited or spawned.
///
/// Awaits: whatever its body does, one after the other. `co_await f()` runs the child at once, in
/// the same poll, and suspends only if it has to; the cost of a wake does not depend on how deep
/// the awaits are nested.
/// Cancel safety: dropping it cancels it at the `co_await` where it stands: the frames' locals are
/// destroyed innermost first, in a loop, not by recursion.
/// Errors: an exception of the body reaches whoever awaits it. Awaiting one that has finished, was
/// moved from or is being awaited already throws `usage_error` (EDO-E0005).
/// Threads: one at a time polls or drops it; it may resume on another thread than it left.
/// Movable until first polled. One handle, 8 bytes; one allocation from the frame pool a call.
/// Source: Rust's `async fn`.
template <class T = void>
class [[nodiscard]] EDO_CORO_RETURN_TYPE async {
 public:
  using output = T;

  async(async&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  async& operator=(async&& other) noexcept {
    if (this != &other) {
      reset();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~async() {
    if (frame_ != nullptr) destroy(*frame_);
  }

  /// True until it was moved from, or has finished and handed over its result.
  [[nodiscard]] bool valid() const noexcept { return frame_ != nullptr; }

 private:
  friend detail::promise<T>;
  template <class U>
  friend class detail::promise;
  friend class chained<T>;
  friend class borrowed<async<T>>;
  friend struct detail::async_access;

  explicit async(detail::promise<T>& frame) noexcept : frame_(&frame) {}

  void reset() noexcept {
    if (frame_ != nullptr) destroy(*std::exchange(frame_, nullptr));
  }

  static void destroy(detail::promise_base& frame) noexcept {
    if (detail::checked_build || detail::frames::owns_chain(frame)) [[unlikely]] {
      detail::destroy_root(frame);
    } else {
      frame.handle().destroy();
    }
  }

  detail::promise_base* frame_;
};

namespace detail {
/// What the rest of the library may ask of an `async<T>`.
struct async_access {
  template <class T>
  static promise_base* frame(const async<T>& a) noexcept {
    return a.frame_;
  }
};

/// Refuses a coroutine that borrows its parameters or its closure, before it is handed to a task.
/// Errors: `usage_error` EDO-E0001 to EDO-E0003, or EDO-E0005 for an empty one.
template <class T>
void require_spawnable(const async<T>& a, std::source_location where) {
  promise_base* frame = async_access::frame(a);
  if (frame == nullptr || frame->started()) throw_awaited_twice(where);
  require_owning(*frame, where);
}
/// A combinator asks its children; other futures say nothing about what they borrow.
template <future F>
void require_spawnable(const F& f, std::source_location where) {
  if constexpr (requires { f.require_owning(where); }) f.require_owning(where);
}
}  // namespace detail

/// One frame of a suspended coroutine: the place of its current `co_await`, with the name of the
/// function; the coroutine's own place if it has not awaited anything yet.
using await_frame = std::source_location;

/// The future around an `async<T>`: a coroutine with its chain. Tasks, combinators and `block_on`
/// make one; `into_future` makes one by hand, to poll a coroutine or to await it by reference.
///
/// Movable at any time between polls, in O(depth). Dropping it cancels the coroutine.
/// Errors: polling one that has finished throws `usage_error` (EDO-E0005).
template <class T>
class [[nodiscard]] chained {
 public:
  using output = T;

  explicit chained(async<T>&& coroutine) noexcept : coroutine_(std::move(coroutine)) {
    if constexpr (detail::checked_build) {
      if (coroutine_.frame_ != nullptr) detail::frames::set_taken(*coroutine_.frame_);
    }
  }
  chained(chained&& other) noexcept : coroutine_(std::move(other.coroutine_)) {
    chain_.adopt(other.chain_);
  }
  chained& operator=(chained&&) = delete;
  ~chained() {
    if (coroutine_.frame_ != nullptr) chain_.cancel(*coroutine_.frame_);
  }

  poll_result<T> poll(context& cx) {
    detail::promise_base* root = coroutine_.frame_;
    if (chain_.top() == nullptr) [[unlikely]] {
      if (root == nullptr || root->started()) {
        detail::throw_awaited_twice({});
      }
      detail::frames::set_chain(*root, chain_);
    }
    if (!chain_.run(*root, cx)) return pending;
    // The frame dies before the result is handed on: what the coroutine owned is free by then.
    const async<T> finished = std::move(coroutine_);
    auto& promise = static_cast<detail::promise_result<T>&>(*root);
    if constexpr (std::is_void_v<T>) {
      promise.take();
      return done;
    } else {
      return poll_result<T>(std::in_place, promise.take());
    }
  }

  /// Refuses a coroutine that borrows, before it is handed to a task. Errors: as `edo::spawn`.
  void require_owning(std::source_location where) const {
    detail::require_spawnable(coroutine_, where);
  }

  /// Calls `fn(const await_frame&)` for each frame, innermost first. Not during a poll.
  template <class Fn>
  void for_each_frame(Fn&& fn) const {
    for (detail::promise_base* f = chain_.top(); f != nullptr;
         f = detail::frames::parent_or_null(*f)) {
      fn(detail::frames::place_of(*f));
    }
  }

 private:
  async<T> coroutine_;
  detail::chain chain_;
};

/// The future that stands for an lvalue future: it polls that, and leaves it as it is when it is
/// dropped itself.
template <class F>
class [[nodiscard]] borrowed {
 public:
  using output = output_of<F>;
  static constexpr bool holds_borrowed = true;

  explicit borrowed(F& future) noexcept : future_(&future) {}

  poll_result<output> poll(context& cx) { return future_->poll(cx); }

 private:
  F* future_;
};

/// The same for an lvalue coroutine, which then keeps its chain beside its frame: one block more
/// from the pool at its first poll by reference.
template <class T>
class [[nodiscard]] borrowed<async<T>> {
 public:
  using output = T;
  static constexpr bool holds_borrowed = true;

  explicit borrowed(async<T>& coroutine,
                    std::source_location where = std::source_location::current()) noexcept
      : coroutine_(&coroutine), where_(where) {}

  poll_result<T> poll(context& cx) {
    detail::promise_base* root = coroutine_->frame_;
    if (root == nullptr || (root->started() && !detail::frames::owns_chain(*root))) [[unlikely]] {
      detail::throw_awaited_twice(where_);
    }
    if (!detail::run_own_chain(*root, cx)) return pending;
    const async<T> finished = std::move(*coroutine_);
    auto& promise = static_cast<detail::promise_result<T>&>(*root);
    if constexpr (std::is_void_v<T>) {
      promise.take();
      return done;
    } else {
      return poll_result<T>(std::in_place, promise.take());
    }
  }

 private:
  async<T>* coroutine_;
  std::source_location where_;
};

/// The future of an awaitable: a coroutine gets a chain around it, an lvalue is borrowed, any other
/// future is handed through. Not an await: nothing runs.
template <awaitable F>
[[nodiscard]] future_type<F> into_future(F&& f) {
  if constexpr (std::is_lvalue_reference_v<F> || detail::is_async<std::remove_cvref_t<F>>) {
    return future_type<F>(std::forward<F>(f));
  } else {
    return std::forward<F>(f);
  }
}

/// Marks an awaitable whose error ends this coroutine: `int n = co_await edo::try_(read(fd));` is
/// Rust's `read(fd).await?`.
///
/// Inside a coroutine that returns `std::expected<U, E>`, over a future of `std::expected<V, E2>`:
/// a value is what `co_await` gives; an error ends the coroutine with that error, converted to E.
/// The awaited coroutine is destroyed, and then this one, before whoever awaits this one resumes.
/// An error that holds an exception (`join_error`) throws it here instead.
/// Cancel safety: that of the operand. Allocation: none.
template <awaitable F>
[[nodiscard]] detail::try_operand<F&&> try_(F&& f) noexcept {
  return {std::forward<F>(f)};
}

namespace detail {

template <class T>
async<T> promise<T>::get_return_object() noexcept {
  return async<T>(*this);
}

template <class T>
template <class U>
inline child_awaiter<U> promise<T>::await_transform(async<U>&& child, std::source_location where) {
  promise_base* frame = child.frame_;
  if (frame == nullptr || frame->started()) [[unlikely]]
    throw_awaited_twice(where);
  frames::await_at(*this, where);
  frames::link(*frame, *this, &child.frame_);
  return child_awaiter<U>(*frame);
}

template <class F>
consteval void refuse_closure_in_await() {
  static_assert(!closure_in_await_broken || std::is_lvalue_reference_v<F> || !holds_closure<F>,
                "EDO-E0015: g++ before 13 destroys a closure that is made inside a co_await "
                "expression twice; make the future in a statement of its own: auto f = ...; "
                "co_await f;");
}

template <class T>
template <awaitable F>
auto promise<T>::await_transform(F&& future, std::source_location where) {
  refuse_closure_in_await<F>();
  constexpr bool mutable_future = !std::is_const_v<std::remove_reference_t<F>>;
  static_assert(mutable_future,
                "EDO-E0018: co_await polls its future, and so changes it: this one is const");
  frames::await_at(*this, where);
  if constexpr (!mutable_future) {
    return not_awaited();
  } else if constexpr (is_async<std::remove_cvref_t<F>>) {
    return leaf_awaiter<borrowed<std::remove_cvref_t<F>>>(
        borrowed<std::remove_cvref_t<F>>(future, where), *this);
  } else {
    return leaf_awaiter<std::remove_reference_t<F>&>(future, *this);
  }
}

template <class T>
template <class F>
auto promise<T>::await_transform(try_operand<F> operand, std::source_location where) {
  using operand_type = std::remove_cvref_t<F>;
  refuse_closure_in_await<F>();
  static_assert(is_expected<T>,
                "EDO-E0018: try_ ends the coroutine with an error, so the coroutine must return "
                "edo::async<std::expected<T, E>> (edo::async<edo::result<T>>)");
  static_assert(!is_expected<T> || can_leave<T, operand_type>,
                "EDO-E0018: try_ takes a future of std::expected<V, E2> whose error converts to "
                "the coroutine's");
  frames::await_at(*this, where);
  if constexpr (!can_leave<T, operand_type>) {
    return not_awaited();
  } else if constexpr (!is_async<operand_type>) {
    return try_leaf_awaiter<T, std::remove_reference_t<F>&>(operand.future, *this);
  } else if constexpr (std::is_lvalue_reference_v<F>) {
    return try_leaf_awaiter<T, borrowed<operand_type>>(
        borrowed<operand_type>(operand.future, where), *this);
  } else {
    promise_base* frame = operand.future.frame_;
    if (frame == nullptr || frame->started()) [[unlikely]]
      throw_awaited_twice(where);
    frames::link(*frame, *this, &operand.future.frame_);
    return try_child_awaiter<T, output_of<operand_type>>(*frame, *this);
  }
}

}  // namespace detail

}  // namespace edo::inline v0
