/// Bytes to requests: llhttp in strict mode, with the demo's limits and rules around it.
#pragma once

#include "http/limits.hpp"
#include "http/request.hpp"
#include "http/wire_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <llhttp.h>
#include <string_view>

namespace demo {

/// What a piece of input has led to.
enum class parse_status {
  need_more,         ///< All of it was taken; the request goes on.
  head_complete,     ///< `head()` may be read; a body follows and is drained by the next `feed`.
  message_complete,  ///< `head()` may be read; what was not taken belongs to the next request.
  failed,            ///< `error()` says why. The connection must be closed.
};

/// Reads one request after the other from a stream of bytes that is cut anywhere.
///
/// The outcome depends on the bytes alone: however a stream is cut, the same requests come out, and
/// the same refusal at the same byte (tests/unit/demo holds it). Bodies are counted and dropped.
/// Not movable: llhttp keeps a pointer to it.
class request_parser {
 public:
  struct step {
    parse_status status;
    std::size_t taken;  ///< How many bytes of the piece belong to this request.
  };

  explicit request_parser(const request_limits& limits);
  request_parser(const request_parser&) = delete;
  request_parser& operator=(const request_parser&) = delete;
  ~request_parser() = default;

  /// Takes a piece of the stream, up to the end of the head or of the message. Call it again with
  /// what is left. After `message_complete`, `next()` comes first; after `failed`, nothing does.
  step feed(std::string_view piece);

  /// Forgets the request that is complete, to begin with the next.
  void next();

  /// True once a byte of a request has been taken: to end here would be in its middle.
  [[nodiscard]] bool begun() const noexcept { return taken_ != 0; }

  /// After `head_complete` and `message_complete`.
  [[nodiscard]] const request& head() const noexcept { return head_; }

  /// After `failed`.
  [[nodiscard]] refusal error() const noexcept { return error_; }

 private:
  struct callbacks;
  enum class phase { head, body };

  step feed_head(std::string_view piece);
  step feed_body(std::string_view piece);
  std::size_t execute(std::string_view piece);
  step finish_head(std::size_t taken);
  step fail(refusal why, std::size_t taken);
  [[nodiscard]] std::size_t head_piece_max() const noexcept;
  void note_method();

  // immutable after construction
  request_limits limits_;

  // the request that is being read
  llhttp_t parser_{};
  wire_scanner scanner_;
  request head_;
  refusal error_;
  phase phase_ = phase::head;
  std::size_t taken_ = 0;         // bytes of this phase
  std::size_t fields_ = 0;        // header and trailer fields
  std::size_t extension_ = 0;     // bytes of this chunk's extensions
  bool head_seen_ = false;        // llhttp has called on_headers_complete
  bool message_seen_ = false;     // and on_message_complete
  bool target_complete_ = false;  // the request target has ended
  bool trailer_ = false;          // the last chunk's size has been read
  bool in_value_ = false;         // the latest field has its name
  bool name_empty_ = true;        // the name that is being read has no byte yet
};

}  // namespace demo
