/// A stream of bytes, cut as a test wants it, through the demo's request parser.
#pragma once

#include "http/request_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace demo::test {

/// What came out of a stream: one line for each request, and one for the end.
/// `GET /x keep` and `GET /x close` are requests, `need more` is an end in the middle of one,
/// `end` is an end between two, `refused 400` is a refusal.
struct outcome {
  std::vector<std::string> lines;
  std::string reason;  ///< Of the refusal.

  [[nodiscard]] std::string last() const { return lines.back(); }
  bool operator==(const outcome& other) const { return lines == other.lines; }
};

/// Feeds `stream` in pieces, the next of which is as long as `piece_len()` says.
inline outcome parse(std::string_view stream,
                     const std::function<std::size_t()>& piece_len,
                     const request_limits& limits = {}) {
  request_parser parser(limits);
  outcome out;
  while (!stream.empty()) {
    std::string_view piece = stream.substr(0, std::max<std::size_t>(piece_len(), 1));
    // A copy that ends where the piece ends: ASan sees a read beyond it.
    const std::vector<char> held(piece.begin(), piece.end());
    stream.remove_prefix(piece.size());
    piece = {held.data(), held.size()};
    while (!piece.empty()) {
      const request_parser::step step = parser.feed(piece);
      piece.remove_prefix(step.taken);
      if (step.status == parse_status::failed) {
        out.lines.push_back("refused " + std::to_string(parser.error().status));
        out.reason = parser.error().reason;
        return out;
      }
      if (step.status == parse_status::message_complete) {
        const request& head = parser.head();
        out.lines.push_back(head.method + " " + head.target +
                            (head.keep_alive ? " keep" : " close"));
        parser.next();
      }
    }
  }
  out.lines.emplace_back(parser.begun() ? "need more" : "end");
  return out;
}

inline outcome parse(std::string_view stream, const request_limits& limits = {}) {
  return parse(stream, [&] { return stream.size(); }, limits);
}

}  // namespace demo::test
