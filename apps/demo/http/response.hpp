/// An answer, and how it looks on the wire.
#pragma once

#include <string>
#include <string_view>

namespace demo {

/// An answer with a body of known length.
struct response {
  int status = 200;
  std::string_view content_type = "application/json";  ///< A literal.
  std::string_view extra_fields = "";                  ///< A literal: whole lines, with CRLF.
  std::string body;
};

/// The reason phrase of a status that the demo uses.
[[nodiscard]] std::string_view reason_of(int status) noexcept;

/// `{"error": "<text>"}` with that status.
[[nodiscard]] response error_response(int status, std::string_view text);

/// Appends the answer to `out`: its head, and its body unless the request was a HEAD.
void append_response(std::string& out, const response& answer, bool keep_alive, bool head_only);

/// Appends the head of an answer whose body ends with the connection.
void append_stream_head(std::string& out, std::string_view content_type);

}  // namespace demo
