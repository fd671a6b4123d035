/// What `co_await` turns its operand into: a child in the same chain, or a leaf of it.
#pragma once

#include "edo/future/detail/promise.hpp"

namespace edo::inline v0::detail {

/// Awaits a coroutine: it runs inside `await_ready`, so a child that completes does not suspend.
template <class T>
class child_awaiter {
 public:
  explicit child_awaiter(promise_base& child) noexcept : child_(child) {}
  child_awaiter(const child_awaiter&) = delete;
  child_awaiter& operator=(const child_awaiter&) = delete;

  [[gnu::always_inline]] bool await_ready() const noexcept {
    return frames::run_inline<false>(child_);
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  T await_resume() const { return static_cast<promise_result<T>&>(child_).take(); }

 private:
  promise_base& child_;
};

/// The same for a coroutine that may leave early: its frame, with its locals, is destroyed before
/// this one resumes.
template <class T, class E>
class child_awaiter<std::expected<T, E>> {
  using result = std::expected<T, E>;
  using child_promise = promise_return<result>;

 public:
  explicit child_awaiter(promise_base& child) noexcept : child_(child) {}
  child_awaiter(const child_awaiter&) = delete;
  child_awaiter& operator=(const child_awaiter&) = delete;

  bool await_ready() noexcept {
    static_cast<child_promise&>(child_).early_slot = &early_;
    frames::on_finish(child_, &finish);
    if (!frames::run_inline<true>(child_)) return false;
    finish(child_);
    return true;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  [[nodiscard]] result await_resume() {
    if (early_) return std::move(*early_);
    return static_cast<promise_result<result>&>(child_).take();
  }

 private:
  static bool finish(promise_base& child) noexcept {
    if (child.left()) {
      auto& promise = static_cast<child_promise&>(child);
      promise.early_slot->emplace(std::move(promise.held()));
      frames::retire(child);
    }
    return false;
  }

  promise_base& child_;
  std::optional<result> early_;
};

/// Polls `F` in place and keeps its output: the common part of what awaits a plain future. `F` may
/// be a reference type.
template <class F>
class polled : public leaf {
 public:
  using output = output_of<F>;

  template <class G>
  polled(G&& future, promise_base& frame, leaf_poll (*poll_leaf)(leaf&, context&))
      : leaf{poll_leaf}, frame_(frame), future_(std::forward<G>(future)), result_(pending) {}
  polled(const polled&) = delete;
  polled& operator=(const polled&) = delete;

 protected:
  /// Polls once; true: `result()` is there.
  bool poll_once(context& cx) {
    struct restore {  // the storage holds a pending result again if the poll throws
      poll_result<output>* at;
      ~restore() {
        if (at != nullptr) ::new (static_cast<void*>(at)) poll_result<output>(pending);
      }
    } guard{&result_};
    if constexpr (checked_build) cx.set_place(frames::place_of(frame_));
    try {
      ::new (static_cast<void*>(&result_)) poll_result<output>(future_.poll(cx));
    } catch (...) {
      rethrow_at(frames::place_of(frame_));
    }
    guard.at = nullptr;
    return result_.is_ready();
  }

  promise_base& frame_;
  F future_;
  poll_result<output> result_;
};

/// Awaits a plain future.
template <class F>
class leaf_awaiter : public polled<F> {
 public:
  template <class G>
  leaf_awaiter(G&& future, promise_base& frame)
      : polled<F>(std::forward<G>(future), frame, &poll_leaf) {}

  bool await_ready() { return this->poll_once(frames::context_of(this->frame_)); }
  void await_suspend(std::coroutine_handle<>) noexcept { frames::suspend_at(this->frame_, *this); }
  output_of<F> await_resume() { return take(); }
  /// An error must not be dropped unseen: clang warns of it.
  [[nodiscard]] output_of<F> await_resume()
    requires is_expected<output_of<F>>
  {
    return take();
  }

 private:
  output_of<F> take() {
    frames::rethrow_leaf_error(this->frame_);
    return std::move(this->result_).value();
  }
  static leaf_poll poll_leaf(leaf& self, context& cx) {
    return static_cast<leaf_awaiter&>(self).poll_once(cx) ? leaf_poll::ready : leaf_poll::pending;
  }
};

/// Marks the operand of `try_`.
template <class F>
struct try_operand {
  F future;  // a reference type: the operand lives in the full expression

  static constexpr bool holds_closure = edo::holds_closure<F>;
};

/// True if `e` holds an exception, which is thrown in the awaiting frame instead of returned.
template <class E>
bool holds_exception(const E& e) noexcept {
  if constexpr (requires {
                  { e.is_exception() } -> std::same_as<bool>;
                }) {
    return e.is_exception();
  } else {
    return false;
  }
}

/// An error of type `To` from one of type `From`: by conversion, or as the `std::error_code` that
/// a `make_error_code` found by ADL gives.
template <class To, class From>
concept error_from =
    std::constructible_from<To, From&&> || requires(From&& e) { To(make_error_code(e)); };

template <class To, class From>
To convert_error(From&& error) {
  if constexpr (std::constructible_from<To, From&&>) {
    return To(std::forward<From>(error));
  } else {
    return To(make_error_code(error));
  }
}

/// Ends `frame`, whose result is `Result`, with the error of `from`.
template <class Result, class From>
void leave_with(promise_base& frame, From& from) {
  using error = typename Result::error_type;
  auto& promise = static_cast<promise_return<Result>&>(frame);
  promise.set(std::unexpect, convert_error<error>(std::move(from.error())));
  frames::leave(frame);
}

template <class Value>
Value value_of(auto&& result) {
  if (!result.has_value()) [[unlikely]] {
    if constexpr (requires { result.error().rethrow(); }) result.error().rethrow();
  }
  if constexpr (!std::is_void_v<Value>) return *std::move(result);
}

/// `try_` over a coroutine: its error ends this frame in the chain's loop.
template <class Result, class T>
class try_child_awaiter {
 public:
  explicit try_child_awaiter(promise_base& child, promise_base& frame) noexcept
      : child_(child), frame_(frame) {}
  try_child_awaiter(const try_child_awaiter&) = delete;
  try_child_awaiter& operator=(const try_child_awaiter&) = delete;

  bool await_ready() noexcept {
    if (!frames::run_inline<true>(child_)) {
      frames::on_finish(child_, &finish);
      return false;
    }
    return !fails(child_);
  }
  void await_suspend(std::coroutine_handle<>) noexcept {
    if (child_.finished()) finish(child_);
  }
  typename T::value_type await_resume() {
    return value_of<typename T::value_type>(static_cast<promise_result<T>&>(child_).take());
  }

 private:
  static bool fails(promise_base& child) noexcept {
    auto& promise = static_cast<promise_result<T>&>(child);
    return !promise.failed() && !promise.held().has_value() &&
           !holds_exception(promise.held().error());
  }
  static bool finish(promise_base& child) noexcept {
    if (!fails(child)) return false;
    promise_base& frame = frames::parent_of(child);
    leave_with<Result>(frame, static_cast<promise_result<T>&>(child).held());
    frames::retire(child);
    return true;
  }

  promise_base& child_;
  promise_base& frame_;
};

/// `try_` over a plain future.
template <class Result, class F>
class try_leaf_awaiter : public polled<F> {
  using output = output_of<F>;

 public:
  template <class G>
  try_leaf_awaiter(G&& future, promise_base& frame)
      : polled<F>(std::forward<G>(future), frame, &poll_leaf) {}

  bool await_ready() { return this->poll_once(frames::context_of(this->frame_)) && !fails(); }
  void await_suspend(std::coroutine_handle<>) noexcept {
    if (this->result_.is_ready()) {
      leave_with<Result>(this->frame_, this->result_.value());
    } else {
      frames::suspend_at(this->frame_, *this);
    }
  }
  typename output::value_type await_resume() {
    frames::rethrow_leaf_error(this->frame_);
    return value_of<typename output::value_type>(std::move(this->result_).value());
  }

 private:
  bool fails() noexcept {
    return !this->result_.value().has_value() && !holds_exception(this->result_.value().error());
  }
  static leaf_poll poll_leaf(leaf& self, context& cx) {
    auto& awaiter = static_cast<try_leaf_awaiter&>(self);
    if (!awaiter.poll_once(cx)) return leaf_poll::pending;
    if (!awaiter.fails()) return leaf_poll::ready;
    leave_with<Result>(awaiter.frame_, awaiter.result_.value());
    return leaf_poll::left;
  }
};

}  // namespace edo::inline v0::detail
