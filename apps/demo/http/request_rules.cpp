#include "http/request_rules.hpp"

#include "http/text.hpp"

#include <algorithm>
#include <string_view>

namespace demo {

namespace {

std::ptrdiff_t count_of(const request& head, std::string_view name) {
  return std::ranges::count(head.fields, name, &header_field::name);
}

/// `host`, `host:port`, `[::1]:port`: what RFC 3986 allows there, without user information.
bool is_host(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    return is_alnum(c) || std::string_view("-._~!$&'()*+;=%:[]").contains(c);
  });
}

std::optional<refusal> check_host(const request& head) {
  const std::ptrdiff_t hosts = count_of(head, "host");
  if (hosts > 1) return refusal{400, "more than one Host"};
  if (hosts == 0) {
    if (head.http_1_0) return std::nullopt;
    return refusal{400, "no Host"};
  }
  const std::string_view host = *head.field("host");
  if (!is_host(host)) return refusal{400, "Host is not a host"};
  const std::optional<std::string_view> authority = authority_of(head.target);
  if (authority && !equal_ignoring_case(*authority, host)) {
    return refusal{400, "Host differs from the target's"};
  }
  return std::nullopt;
}

std::optional<refusal> check_length(const request& head) {
  const std::ptrdiff_t lengths = count_of(head, "content-length");
  const std::ptrdiff_t encodings = count_of(head, "transfer-encoding");
  if (lengths > 1) return refusal{400, "more than one Content-Length"};
  if (lengths == 1 && !is_digits(*head.field("content-length"))) {
    return refusal{400, "Content-Length is not a number"};
  }
  if (encodings == 0) return std::nullopt;
  if (lengths != 0) return refusal{400, "Content-Length beside Transfer-Encoding"};
  if (head.http_1_0) return refusal{400, "Transfer-Encoding in HTTP/1.0"};
  if (encodings > 1 || !equal_ignoring_case(*head.field("transfer-encoding"), "chunked")) {
    return refusal{400, "Transfer-Encoding is not a single chunked"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<refusal> check_head(const request& head) {
  if (const std::optional<refusal> bad = check_host(head)) return bad;
  return check_length(head);
}

}  // namespace demo
