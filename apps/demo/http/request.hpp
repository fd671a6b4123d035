/// A request, after its head has been read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// A header field; the name is in lower case.
struct header_field {
  std::string name;
  std::string value;
};

/// The head of a request. Its body, if there is one, is drained and never kept.
struct request {
  std::string method;
  std::string target;  ///< As sent: `/report/7?join`, or `http://host/report/7`.
  std::vector<header_field> fields;
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool keep_alive = false;
  bool http_1_0 = false;

  [[nodiscard]] bool has_body() const noexcept { return chunked || content_length != 0; }

  /// The value of the first field of that name, or null. `name` is in lower case.
  [[nodiscard]] const std::string* field(std::string_view name) const noexcept {
    for (const header_field& each : fields) {
      if (each.name == name) return &each.value;
    }
    return nullptr;
  }
};

/// Why a request is not served: the status of the answer, and a reason for a human.
struct refusal {
  int status = 0;
  const char* reason = "";
};

}  // namespace demo
