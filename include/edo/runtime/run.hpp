/// From `main` into the first future.
#pragma once

#include "edo/runtime/runtime.hpp"

#include <concepts>
#include <exception>
#include <source_location>
#include <system_error>
#include <type_traits>
#include <utility>

namespace edo::inline v0 {

namespace detail {
/// A multi-thread runtime with the default options, or a message and nothing.
[[nodiscard]] EDO_API std::optional<runtime> default_runtime(std::source_location where) noexcept;
EDO_API void print_run_error(std::exception_ptr error) noexcept;
EDO_API void print_run_error(const std::error_code& error) noexcept;

/// What `run` makes an exit code of.
template <class T>
concept exit_value = std::is_void_v<T> || std::same_as<T, int>;
template <class T>
inline constexpr bool is_exit_result = false;
template <exit_value T>
inline constexpr bool is_exit_result<result<T>> = true;

template <class T>
int exit_code_of(result<T> outcome) noexcept {
  if (!outcome) {
    print_run_error(outcome.error());
    return 1;
  }
  if constexpr (std::same_as<T, int>) {
    return *outcome;
  } else {
    return 0;
  }
}
}  // namespace detail

/// Runs `future` on a multi-thread runtime with the default options, shuts that down, and gives the
/// exit code for `main`: the future's `int`, or 0 if it gives nothing; for a `result` of these, 1
/// after printing `edo: error: <message>` if it is an error. An exception of the future is printed
/// the same way, and gives 1; so is a runtime that cannot be built.
///
/// Threads: any that may block. Source: Rust's `#[tokio::main]`.
template <awaitable F>
  requires(detail::exit_value<output_of<F>> || detail::is_exit_result<output_of<F>>)
int run(F&& future, std::source_location where = std::source_location::current()) {
  std::optional<runtime> rt = detail::default_runtime(where);
  if (!rt) return 1;
  try {
    if constexpr (std::is_void_v<output_of<F>>) {
      rt->block_on(std::forward<F>(future), where);
      return 0;
    } else if constexpr (std::same_as<output_of<F>, int>) {
      return rt->block_on(std::forward<F>(future), where);
    } else {
      return detail::exit_code_of(rt->block_on(std::forward<F>(future), where));
    }
  } catch (...) {
    detail::print_run_error(std::current_exception());
    return 1;
  }
}

}  // namespace edo::inline v0
