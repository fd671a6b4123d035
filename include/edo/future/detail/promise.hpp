/// The promise of `async<T>`: its result, and how an outcome reaches whoever awaits it.
#pragma once

#include "edo/future/concepts.hpp"
#include "edo/future/detail/chain.hpp"

#include <concepts>
#include <exception>
#include <expected>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace edo::inline v0::detail {

template <class T>
class promise;

/// How a result is kept: void as an empty struct, a reference as a pointer.
template <class T>
struct slot {
  using type = T;
  static T&& take(T& held) noexcept { return std::move(held); }
};
template <class T>
struct slot<T&> {
  using type = T*;
  static T& take(T* held) noexcept { return *held; }
};
template <>
struct slot<void> {
  struct type {};
  static void take(type) noexcept {}
};

template <class T>
inline constexpr bool is_expected = false;
template <class T, class E>
inline constexpr bool is_expected<std::expected<T, E>> = true;

/// A promise with room for `T` or an exception.
template <class T>
class promise_result : public promise_base {
  static_assert(!std::is_rvalue_reference_v<T>,
                "EDO-E0018: a coroutine gives an object, an lvalue reference or nothing, no T&&");

  static_assert(alignof(typename slot<T>::type) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                "edo: an over-aligned result would move the promise inside the frame; return a "
                "std::unique_ptr to it");

 public:
  using held_type = typename slot<T>::type;

  void unhandled_exception() noexcept {
    ::new (static_cast<void*>(&error_)) std::exception_ptr(std::current_exception());
    outcome_ = outcome::error;
  }

  /// The result, moved out, or the exception, thrown. Requires an outcome.
  T take() {
    if (outcome_ == outcome::error) [[unlikely]]
      rethrow();
    return slot<T>::take(value_);
  }

  [[nodiscard]] bool failed() const noexcept { return outcome_ == outcome::error; }
  [[nodiscard]] held_type& held() noexcept { return value_; }

  template <class... Args>
  void set(Args&&... args) {
    ::new (static_cast<void*>(&value_)) held_type(std::forward<Args>(args)...);
    outcome_ = outcome::value;
  }

 protected:
  explicit promise_result(std::source_location function) noexcept : promise_base(function) {}
  ~promise_result() {
    if (outcome_ == outcome::value) {
      value_.~held_type();
    } else if (outcome_ == outcome::error) {
      error_.~exception_ptr();
    }
  }

 private:
  [[noreturn, gnu::noinline, gnu::cold]] void rethrow() { std::rethrow_exception(error_); }

  union {
    held_type value_;
    std::exception_ptr error_;
  };
};

template <class T>
class promise_return : public promise_result<T> {
 public:
  template <class U = T>
    requires std::convertible_to<U, T>
  void return_value(U&& value) {
    this->set(std::forward<U>(value));
  }

 protected:
  using promise_result<T>::promise_result;
};

/// A coroutine that can leave early (`try_`): where it puts its result when it does, since its
/// frame is destroyed before the awaiting one resumes.
template <class T, class E>
class promise_return<std::expected<T, E>> : public promise_result<std::expected<T, E>> {
  using result = std::expected<T, E>;

 public:
  template <class U = result>
    requires std::constructible_from<result, U>
  void return_value(U&& value) {
    this->set(std::forward<U>(value));
  }

  /// Where the awaiting frame wants an early result; null: it takes it from here.
  std::optional<result>* early_slot = nullptr;

 protected:
  using promise_result<result>::promise_result;
};

template <class T>
class promise_return<T&> : public promise_result<T&> {
 public:
  void return_value(T& value) noexcept { this->set(&value); }

 protected:
  using promise_result<T&>::promise_result;
};

template <>
class promise_return<void> : public promise_result<void> {
 public:
  void return_void() noexcept { set(); }

 protected:
  using promise_result<void>::promise_result;
};

/// The place of the coroutine itself. A type of its own, so that no parameter of a coroutine can
/// be taken for it when the promise is made from the parameters.
struct function_place {
  explicit constexpr function_place(std::source_location w) noexcept : where(w) {}
  std::source_location where;
};

}  // namespace edo::inline v0::detail
