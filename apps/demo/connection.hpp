/// One client: requests in, answers out, one after the other.
#pragma once

#include "app.hpp"
#include "http/request_parser.hpp"
#include "http/response.hpp"

#include <array>
#include <cstddef>
#include <edo/edo.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace demo {

/// Serves one connection until it ends. `place` is its place among the open connections.
/// Cancel safety: dropping it closes the connection.
edo::async<void> serve_connection(std::shared_ptr<app> state,
                                  edo::tcp_stream stream,
                                  gauge::token place);

/// The loop behind `serve_connection`, in whose frame it lives.
class connection {
 public:
  connection(app& state, edo::tcp_stream stream);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() = default;

  /// Reads and answers until either side ends the connection.
  edo::async<void> run(std::shared_ptr<app> state);

 private:
  enum class received { request, refused, ended };

  edo::async<received> receive();
  edo::async<received> read_more(edo::instant deadline);
  edo::async<bool> respond(std::shared_ptr<app> state);
  edo::async<void> refuse();
  edo::async<edo::result<void>> send(std::string bytes);
  edo::async<void> stream_ticks(std::chrono::milliseconds every, bool head_only);
  edo::async<void> linger();
  [[nodiscard]] std::string_view unread() const noexcept;

  app& state_;  // the frame that holds this holds a reference to it
  edo::tcp_stream stream_;
  request_parser parser_;
  refusal refusal_;
  std::uint32_t served_ = 0;
  std::size_t begin_ = 0;  // of what has been read and not parsed
  std::size_t end_ = 0;
  std::array<char, 4096> buffer_;
};

}  // namespace demo
