/// What a poll returns: ready with a value, or pending.
#pragma once

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

/// The type of `edo::pending`.
struct pending_t {
  explicit constexpr pending_t(int) noexcept {}
};
/// Converts to every `poll_result<T>`: not ready; the stored waker will be woken.
inline constexpr pending_t pending{0};

/// The type of `edo::done`.
struct done_t {
  explicit constexpr done_t(int) noexcept {}
};
/// Converts to `poll_result<void>`: ready.
inline constexpr done_t done{0};

/// The answer of `F::poll(context&)`: ready with a value, or pending.
///
/// Pending is a promise: whoever makes progress possible wakes the waker of the *latest* poll.
/// After ready, the future must not be polled again. A value converts implicitly; for `void`,
/// return `edo::done`. `T` may be a reference or move-only.
///
/// Threads: a plain value. Complexity: no allocation; the value is stored in place.
/// Source: Rust's `std::task::Poll`.
template <class T>
class [[nodiscard]] poll_result {
  static_assert(std::is_object_v<T>, "edo: a future's output is an object, a reference or void");

 public:
  using value_type = T;

  constexpr poll_result(pending_t) noexcept {}

  template <class U = T>
    requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, poll_result> &&
             !std::same_as<std::remove_cvref_t<U>, pending_t>)
  explicit(!std::convertible_to<U, T>) constexpr poll_result(U&& value) noexcept(
      std::is_nothrow_constructible_v<T, U>)
      : value_(std::in_place, std::forward<U>(value)) {}

  template <class... Args>
    requires std::constructible_from<T, Args...>
  explicit constexpr poll_result(std::in_place_t, Args&&... args)
      : value_(std::in_place, std::forward<Args>(args)...) {}

  [[nodiscard]] constexpr bool is_ready() const noexcept { return value_.has_value(); }
  [[nodiscard]] constexpr bool is_pending() const noexcept { return !value_.has_value(); }

  /// The value. Requires `is_ready()`.
  [[nodiscard]] constexpr T& value() & noexcept { return *value_; }
  [[nodiscard]] constexpr const T& value() const& noexcept { return *value_; }
  [[nodiscard]] constexpr T&& value() && noexcept { return std::move(*value_); }

  /// Applies `fn` to a ready value; pending stays pending.
  template <class Fn>
    requires std::invocable<Fn, T>
  constexpr auto map(Fn&& fn) && -> poll_result<std::invoke_result_t<Fn, T>> {
    using result = poll_result<std::invoke_result_t<Fn, T>>;
    if (is_pending()) return result(pending);
    if constexpr (std::is_void_v<std::invoke_result_t<Fn, T>>) {
      std::forward<Fn>(fn)(std::move(*value_));
      return result(done);
    } else {
      return result(std::in_place, std::forward<Fn>(fn)(std::move(*value_)));
    }
  }

 private:
  std::optional<T> value_;
};

/// A result by reference.
template <class T>
class [[nodiscard]] poll_result<T&> {
 public:
  using value_type = T&;

  constexpr poll_result(pending_t) noexcept {}
  constexpr poll_result(T& value) noexcept : value_(&value) {}
  explicit constexpr poll_result(std::in_place_t, T& value) noexcept : value_(&value) {}

  [[nodiscard]] constexpr bool is_ready() const noexcept { return value_ != nullptr; }
  [[nodiscard]] constexpr bool is_pending() const noexcept { return value_ == nullptr; }
  [[nodiscard]] constexpr T& value() const noexcept { return *value_; }

 private:
  T* value_ = nullptr;
};

/// A result without a value.
template <>
class [[nodiscard]] poll_result<void> {
 public:
  using value_type = void;

  constexpr poll_result(pending_t) noexcept {}
  constexpr poll_result(done_t) noexcept : ready_(true) {}

  [[nodiscard]] constexpr bool is_ready() const noexcept { return ready_; }
  [[nodiscard]] constexpr bool is_pending() const noexcept { return !ready_; }
  constexpr void value() const noexcept {}

 private:
  bool ready_ = false;
};

}  // namespace edo::inline v0
