/// How the test kit says that a check has failed, and how it shows values.
#pragma once

#include "edo/base/config.hpp"

#include <concepts>
#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>

namespace edo::inline v0::test {

/// Thrown by the checks of the kit: every test framework reports an exception as a failure of the
/// test, with `what()`: "file:line: what was expected".
class EDO_API check_failed : public std::exception {
 public:
  check_failed(std::string_view message, std::source_location where);
  check_failed(const check_failed&) = default;
  check_failed& operator=(const check_failed&) = default;
  ~check_failed() override;

  [[nodiscard]] const char* what() const noexcept override;
  [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

 private:
  std::string text_;
  std::source_location where_;
};

namespace detail {
[[noreturn]] EDO_API void fail(std::string_view message, std::source_location where);

/// A value as text, for the kinds that need no stream.
template <class T>
[[nodiscard]] std::string shown(const T& value) {
  if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return '"' + std::string(std::string_view(value)) + '"';
  } else {
    return "another value";
  }
}
}  // namespace detail

}  // namespace edo::inline v0::test
