/// What one client may ask of the demo, and how long it may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace demo {

/// The bounds on a request, each with the answer that a client gets beyond it.
struct request_limits {
  std::size_t head_bytes_max = std::size_t{16} * 1024;    ///< 431: nginx and node allow as much.
  std::size_t target_bytes_max = std::size_t{8} * 1024;   ///< 414: half of the head.
  std::size_t fields_max = 100;                           ///< 431; counts trailer fields too.
  std::size_t chunk_extension_bytes_max = 256;            ///< 400: nobody uses them, so a trick.
  std::uint64_t body_bytes_max = std::uint64_t{1} << 20;  ///< 413; as sent, framing included.
};

/// The bounds on a connection.
struct connection_limits {
  std::chrono::milliseconds head_timeout{10'000};  ///< 408; for a whole head, and for a whole body.
  std::chrono::milliseconds idle_timeout{60'000};  ///< Closed: a kept connection without a request.
  std::chrono::milliseconds write_timeout{30'000};  ///< Closed: the client takes no byte so long.
  std::chrono::milliseconds linger_timeout{
      1'000};                          ///< How long a refused client may go on sending.
  std::uint32_t requests_max = 1'000;  ///< Then closed, so that no client keeps its place for ever.
};

}  // namespace demo
