/// What all connections of the demo share.
#pragma once

#include "gauge.hpp"
#include "options.hpp"

#include <chrono>
#include <cstdint>
#include <edo/edo.hpp>
#include <string>
#include <utility>

namespace demo {

/// Milliseconds since `begin`, with their fraction.
[[nodiscard]] inline double elapsed_ms(edo::instant begin) {
  return std::chrono::duration<double, std::milli>(edo::clock::now() - begin).count();
}

/// Held by a `std::shared_ptr` in each task that uses it.
struct app {
  app(options given, edo::socket_addr backend_addr, std::string start_page)
      : opts(std::move(given)), backend(backend_addr), page(std::move(start_page)) {}

  // immutable after construction
  const options opts;
  const edo::socket_addr backend;
  const std::string page;
  const edo::instant started = edo::clock::now();

  // any thread
  gauge open;                              ///< Connections.
  gauge busy;                              ///< Requests that are being answered.
  edo::atomic<std::uint64_t> requests{0};  ///< Answered or being answered, since the start.
  edo::atomic<std::uint64_t> accepted{0};  ///< Connections since the start.
  edo::atomic<bool> stopping{false};       ///< Ctrl-C was pressed: no connection is kept.
};

}  // namespace demo
