#include "http/request_parser.hpp"

#include "http/request_rules.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace demo {

namespace {
constexpr refusal wire_error{400, "NUL, a stray CR or LF, or a folded line"};
}  // namespace

/// What llhttp calls, with itself as the argument. Zero goes on, HPE_PAUSED stops after this byte,
/// HPE_USER fails; a callback that fails has set `error_`.
struct request_parser::callbacks {
  static request_parser& self(llhttp_t* parser) {
    return *static_cast<request_parser*>(parser->data);
  }

  static int refuse(request_parser& me, refusal why) {
    me.error_ = why;
    return HPE_USER;
  }

  static int on_target(llhttp_t* parser, const char* at, std::size_t length) {
    request_parser& me = self(parser);
    me.head_.target.append(at, length);
    if (me.head_.target.size() <= me.limits_.target_bytes_max) return HPE_OK;
    return refuse(me, {414, "the request target is too long"});
  }

  static int on_target_complete(llhttp_t* parser) {
    self(parser).target_complete_ = true;
    return HPE_OK;
  }

  static int on_field_name(llhttp_t* parser, const char* at, std::size_t length) {
    request_parser& me = self(parser);
    if (length != 0) me.name_empty_ = false;
    if (me.phase_ == phase::body) return HPE_OK;
    if (me.in_value_ || me.head_.fields.empty()) me.head_.fields.emplace_back();
    me.in_value_ = false;
    std::string& name = me.head_.fields.back().name;
    std::transform(at, at + length, std::back_inserter(name), to_lower);
    return HPE_OK;
  }

  static int on_field_name_complete(llhttp_t* parser) {
    request_parser& me = self(parser);
    me.in_value_ = true;
    if (std::exchange(me.name_empty_, true)) return refuse(me, {400, "a field without a name"});
    if (++me.fields_ <= me.limits_.fields_max) return HPE_OK;
    return refuse(me, {431, "too many header fields"});
  }

  static int on_field_value(llhttp_t* parser, const char* at, std::size_t length) {
    request_parser& me = self(parser);
    if (me.phase_ == phase::head) me.head_.fields.back().value.append(at, length);
    return HPE_OK;
  }

  static int on_head_complete(llhttp_t* parser) {
    request_parser& me = self(parser);
    me.head_seen_ = true;
    me.note_method();
    parser->upgrade = 0;  // edo's demo speaks nothing else, and may ignore the offer
    return HPE_PAUSED;
  }

  static int on_chunk_head(llhttp_t* parser) {
    request_parser& me = self(parser);
    me.extension_ = 0;
    if (parser->content_length == 0) {  // the last one: from here on there are lines again
      me.trailer_ = true;
      me.scanner_ = wire_scanner::at_line_start();
      return HPE_PAUSED;
    }
    if (parser->content_length <= me.limits_.body_bytes_max) return HPE_OK;
    return refuse(me, {413, "the body is too large"});
  }

  static int on_chunk_extension(llhttp_t* parser, const char*, std::size_t length) {
    request_parser& me = self(parser);
    me.extension_ += length;
    if (me.extension_ <= me.limits_.chunk_extension_bytes_max) return HPE_OK;
    return refuse(me, {400, "a chunk extension is too long"});
  }

  static int on_message_complete(llhttp_t* parser) {
    self(parser).message_seen_ = true;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t* settings() {
    static const llhttp_settings_t all = [] {
      llhttp_settings_t s;
      llhttp_settings_init(&s);
      s.on_url = on_target;
      s.on_url_complete = on_target_complete;
      s.on_header_field = on_field_name;
      s.on_header_field_complete = on_field_name_complete;
      s.on_header_value = on_field_value;
      s.on_headers_complete = on_head_complete;
      s.on_chunk_header = on_chunk_head;
      s.on_chunk_extension_name = on_chunk_extension;
      s.on_chunk_extension_value = on_chunk_extension;
      s.on_message_complete = on_message_complete;
      return s;
    }();
    return &all;
  }
};

request_parser::request_parser(const request_limits& limits) : limits_(limits) { next(); }

void request_parser::next() {
  llhttp_init(&parser_, HTTP_REQUEST, callbacks::settings());
  parser_.data = this;
  scanner_ = wire_scanner();
  head_.method.clear();
  head_.target.clear();
  head_.fields.clear();
  head_.content_length = 0;
  head_.chunked = head_.keep_alive = head_.http_1_0 = false;
  phase_ = phase::head;
  taken_ = fields_ = extension_ = 0;
  head_seen_ = message_seen_ = trailer_ = target_complete_ = in_value_ = false;
  name_empty_ = true;
}

request_parser::step request_parser::feed(std::string_view piece) {
  return phase_ == phase::head ? feed_head(piece) : feed_body(piece);
}

// Pieces end where a limit is reached, so that a limit is tested at the same byte however the
// stream is cut.
std::size_t request_parser::head_piece_max() const noexcept {
  const std::size_t head_left = limits_.head_bytes_max - taken_;
  if (target_complete_) return head_left;
  return std::min(head_left, limits_.target_bytes_max + 1 - head_.target.size());
}

request_parser::step request_parser::feed_head(std::string_view piece) {
  std::size_t taken = 0;
  while (taken != piece.size()) {
    const std::string_view next = piece.substr(taken, head_piece_max());
    const std::size_t clean = scanner_.scan(next);
    const std::size_t used = execute(next.substr(0, clean));
    taken += used;
    taken_ += used;
    if (head_seen_) return finish_head(taken);
    if (error_.status != 0) return fail(error_, taken);
    if (clean != next.size()) return fail(wire_error, taken);
    if (taken_ == limits_.head_bytes_max) return fail({431, "the head is too large"}, taken);
  }
  return {parse_status::need_more, taken};
}

// The position is exact where llhttp pauses. Where it fails, nobody asks for it.
std::size_t request_parser::execute(std::string_view piece) {
  const llhttp_errno_t status = llhttp_execute(&parser_, piece.data(), piece.size());
  if (status == HPE_OK) return piece.size();
  const char* stop = llhttp_get_error_pos(&parser_);
  if (status == HPE_PAUSED) {
    llhttp_resume(&parser_);
  } else if (error_.status == 0) {
    const char* reason = llhttp_get_error_reason(&parser_);
    error_ = {400, reason == nullptr ? "malformed" : reason};
  }
  return stop == nullptr ? piece.size() : static_cast<std::size_t>(stop - piece.data());
}

void request_parser::note_method() {
  head_.method = llhttp_method_name(static_cast<llhttp_method_t>(parser_.method));
  head_.http_1_0 = parser_.http_minor == 0;
  head_.keep_alive = llhttp_should_keep_alive(&parser_) != 0;
  head_.chunked = (parser_.flags & F_CHUNKED) != 0;
  head_.content_length = head_.chunked ? 0 : parser_.content_length;
}

request_parser::step request_parser::finish_head(std::size_t taken) {
  if (parser_.http_major != 1 || parser_.http_minor > 1) {
    return fail({400, "the version is neither HTTP/1.0 nor HTTP/1.1"}, taken);
  }
  if (const std::optional<refusal> bad = check_head(head_)) return fail(*bad, taken);
  if (head_.content_length > limits_.body_bytes_max) {
    return fail({413, "the body is too large"}, taken);
  }
  if (!head_.has_body()) return {parse_status::message_complete, taken};
  phase_ = phase::body;
  taken_ = 0;
  return {parse_status::head_complete, taken};
}

request_parser::step request_parser::feed_body(std::string_view piece) {
  std::size_t taken = 0;
  while (taken != piece.size()) {
    const std::uint64_t left = limits_.body_bytes_max - taken_;
    const std::string_view next =
        piece.substr(taken, std::min<std::uint64_t>(left, piece.size() - taken));
    const std::size_t clean = trailer_ ? scanner_.scan(next) : next.size();
    const bool was_trailer = trailer_;
    const std::size_t used = execute(next.substr(0, clean));
    taken += used;
    taken_ += used;
    if (message_seen_) return {parse_status::message_complete, taken};
    if (error_.status != 0) return fail(error_, taken);
    if (was_trailer && clean != next.size()) return fail(wire_error, taken);
    if (taken_ == limits_.body_bytes_max) return fail({413, "the body is too large"}, taken);
  }
  return {parse_status::need_more, taken};
}

request_parser::step request_parser::fail(refusal why, std::size_t taken) {
  error_ = why;
  return {parse_status::failed, taken};
}

}  // namespace demo
