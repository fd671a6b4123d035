#include "http/response.hpp"

#include "http/text.hpp"

namespace demo {

namespace {

void append_status_line(std::string& out, int status) {
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  out.append(reason_of(status)).append("\r\n");
}

constexpr std::string_view common_fields =
    "Server: edo-demo\r\n"
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n";

}  // namespace

std::string_view reason_of(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    default:
      return "Unknown";
  }
}

response error_response(int status, std::string_view text) {
  response answer{.status = status, .body = "{\"error\": "};
  answer.body.append(json_string(text)).append("}\n");
  return answer;
}

void append_response(std::string& out, const response& answer, bool keep_alive, bool head_only) {
  append_status_line(out, answer.status);
  out.append(common_fields);
  out.append("Content-Type: ").append(answer.content_type).append("\r\n");
  out.append("Content-Length: ").append(std::to_string(answer.body.size())).append("\r\n");
  out.append(answer.extra_fields);
  out.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  if (!head_only) out.append(answer.body);
}

void append_stream_head(std::string& out, std::string_view content_type) {
  append_status_line(out, 200);
  out.append(common_fields);
  out.append("Content-Type: ").append(content_type).append("\r\nConnection: close\r\n\r\n");
}

}  // namespace demo
