/// What the demo was asked for on its command line.
#pragma once

#include "http/limits.hpp"

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>

namespace demo {

struct options {
  std::string listen = "127.0.0.1:8080";
  /// Two, so that two requests are enough to keep all of them busy.
  std::size_t workers = 2;
  bool multi_thread = true;
  bool heartbeat = true;
  bool help = false;
  std::chrono::milliseconds backend_latency{50};
  std::size_t connections_max = 0;  ///< 0: 0.8 of the descriptors that the process may open.
  request_limits request;
  connection_limits connection;
};

/// The text of `--help`.
[[nodiscard]] std::string usage();

/// Reads the arguments after the program's name; the error is a sentence for the user.
[[nodiscard]] std::expected<options, std::string> parse_options(int count, char** arguments);

}  // namespace demo
