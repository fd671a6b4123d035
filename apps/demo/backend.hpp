/// A slow service on another port, in the same process, and its client.
///
/// The protocol is one line each way: `user 7`, `orders 7` or `replica a`, and the answer; then the
/// server closes. It answers after a latency that is an `edo::sleep`.
#pragma once

#include <chrono>
#include <cstdint>
#include <edo/edo.hpp>
#include <string>

namespace demo {

/// Starts the backend on a free loopback port; it runs until the runtime ends.
edo::async<edo::result<edo::socket_addr>> start_backend(std::chrono::milliseconds latency);

/// Asks the backend one question over a connection of its own and gives its answer.
/// Cancel safety: dropping it closes the connection.
/// Errors: what connecting, writing or reading met; `elapsed` after two seconds.
edo::async<edo::result<std::string>> ask(edo::socket_addr backend, std::string question);

/// The name of a user, and how many orders they have.
edo::async<edo::result<std::string>> fetch_user(edo::socket_addr backend, std::uint32_t id);
edo::async<edo::result<std::string>> fetch_orders(edo::socket_addr backend, std::uint32_t id);

}  // namespace demo
