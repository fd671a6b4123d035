/// A request target, taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// `/report/7?join` as the path `/report/7` and the parameter `join`, decoded.
struct target {
  struct parameter {
    std::string name;
    std::string value;
  };

  std::string path;
  std::vector<parameter> parameters;

  /// The value of the first parameter of that name, or null.
  [[nodiscard]] const std::string* parameter_of(std::string_view name) const noexcept;
};

/// Takes an origin-form (`/path?query`) or absolute (`http://host/path`) target apart. Nothing for
/// any other form, or if an escape in it is wrong.
[[nodiscard]] std::optional<target> parse_target(std::string_view text);

}  // namespace demo
