/// Error codes of edo, and the exception for misuse.
#pragma once

#include "edo/base/config.hpp"
#include "edo/base/usage.hpp"

#include <source_location>
#include <string>
#include <system_error>

namespace edo::inline v0 {

/// What can go wrong in edo's own operations; what the system reports keeps its own code.
/// Converts to `std::error_code` of category "edo", and compares equal to the generic
/// condition of the same meaning (`elapsed` to `std::errc::timed_out`, and so on).
enum class errc {
  elapsed = 1,       ///< A deadline passed first. Equals `std::errc::timed_out`.
  runtime_shutdown,  ///< The runtime that served the operation is gone.
  cancelled,         ///< The task was aborted. Equals `std::errc::operation_canceled`.
  closed,            ///< The other side is gone. Equals `std::errc::broken_pipe`.
  invalid_address,   ///< A socket address could not be parsed. Equals `invalid_argument`.
};

/// The category "edo". Threads: any.
[[nodiscard]] EDO_API const std::error_category& edo_category() noexcept;
[[nodiscard]] EDO_API std::error_code make_error_code(errc code) noexcept;

/// Misuse of the library: a defect in the calling program, with the place of the call.
///
/// `what()` reads `EDO-E0010: <what is wrong>; <cure> [at file:line in function]`.
class EDO_API usage_error : public std::exception {
 public:
  usage_error(usage code, std::source_location where, const char* subject = nullptr);
  usage_error(const usage_error&) = default;
  usage_error& operator=(const usage_error&) = default;
  ~usage_error() override;

  [[nodiscard]] const char* what() const noexcept override;
  [[nodiscard]] usage code() const noexcept { return code_; }
  [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

 private:
  usage code_;
  std::source_location where_;
  std::string text_;
};

namespace detail {
/// The message of `code`, as `usage_error::what()` gives it.
[[nodiscard]] EDO_API std::string usage_text(usage code,
                                             std::source_location where,
                                             const char* subject);

/// Prints the message of `code` to standard error, for misuse seen where nothing may be thrown.
EDO_API void print_usage(usage code, std::source_location where, const char* subject) noexcept;
}  // namespace detail

}  // namespace edo::inline v0

template <>
struct std::is_error_code_enum<edo::errc> : std::true_type {};
