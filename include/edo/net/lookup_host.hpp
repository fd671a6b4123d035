/// From names to addresses.
#pragma once

#include "edo/base/result.hpp"
#include "edo/future/async.hpp"
#include "edo/net/socket_addr.hpp"

#include <source_location>
#include <string_view>
#include <vector>

namespace edo::inline v0 {

/// The addresses of `host:port`, in the order in which to try them; at least one, at most 64.
///
/// An address is only read (`127.0.0.1:80`, `[::1]:80`), and `localhost` is the loopback, without
/// asking anybody (RFC 6761); any other name is looked up as the system does it (`getaddrinfo`), on
/// the blocking pool.
/// Awaits: the lookup. Cancel safety: a lookup that has begun goes on without effect; it cannot be
/// cut short, and a shutdown of the runtime waits for it up to its deadline.
/// Errors: `errc::invalid_address` if that is not a host and a port; those of the category
/// "edo.lookup", with the system's text; `errc::cancelled` when the runtime shuts down.
/// Allocation: the list. Source: `tokio::net::lookup_host`.
EDO_CORO_WRAPPER [[nodiscard]] EDO_API async<result<std::vector<socket_addr>>> lookup_host(
    std::string_view host_and_port, std::source_location where = std::source_location::current());

}  // namespace edo::inline v0
