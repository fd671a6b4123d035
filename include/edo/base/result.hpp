/// What can happen: a value, or a `std::error_code`.
#pragma once

#include "edo/base/config.hpp"

#include <expected>
#include <system_error>

namespace edo::inline v0 {

/// The result of an operation that can fail for reasons outside the program.
template <class T>
using result = std::expected<T, std::error_code>;

}  // namespace edo::inline v0
