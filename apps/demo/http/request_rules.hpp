/// What edo's demo asks of a head beyond llhttp's strict mode.
#pragma once

#include "http/request.hpp"

#include <optional>

namespace demo {

/// The rules of RFC 9112 against request smuggling that llhttp 8.1 leaves to its caller: one Host
/// (HTTP/1.1), the same host in an absolute target, one Content-Length of digits, no
/// Transfer-Encoding but a single `chunked`, and none in HTTP/1.0.
/// Nothing: the request may be served.
[[nodiscard]] std::optional<refusal> check_head(const request& head);

}  // namespace demo
