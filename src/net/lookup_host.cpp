#include "edo/net/lookup_host.hpp"

#include "edo/base/error.hpp"
#include "edo/net/ip_addr.hpp"
#include "edo/runtime/blocking.hpp"

#include "net/decimal.hpp"
#include "net/native_addr.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace edo::inline v0 {

namespace {

/// A name server may send any number; nobody tries more than so many.
constexpr std::size_t addrs_max = 64;

/// The errors of `getaddrinfo`, by their EAI numbers.
class lookup_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "edo.lookup"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
};

const std::error_category& errors_of_lookup() noexcept {
  static const lookup_category category;
  return category;
}

struct host_and_port {
  std::string host;
  std::uint16_t port;
};

result<host_and_port> take_apart(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == 0 || colon == std::string_view::npos) {
    return std::unexpected(make_error_code(errc::invalid_address));
  }
  const auto port = detail::parse_decimal(text.substr(colon + 1), UINT16_MAX);
  const std::string_view host = text.substr(0, colon);
  // Colons and brackets belong to IPv6 addresses; a zero would end the name for the system.
  if (!port || host.find_first_of(std::string_view(":[]%\0", 5)) != std::string_view::npos) {
    return std::unexpected(make_error_code(errc::invalid_address));
  }
  return host_and_port{std::string(host), static_cast<std::uint16_t>(*port)};
}

/// What the system says. Blocks.
result<std::vector<socket_addr>> ask_system(const host_and_port& wanted) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(wanted.host.c_str(), nullptr, &hints, &list);
  const int system_error = errno;
  if (code == EAI_SYSTEM) {
    return std::unexpected(std::error_code(system_error, std::system_category()));
  }
  if (code != 0) return std::unexpected(std::error_code(code, errors_of_lookup()));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, &::freeaddrinfo);
  std::vector<socket_addr> found;
  for (const addrinfo* at = list; at != nullptr && found.size() < addrs_max; at = at->ai_next) {
    detail::native_addr native;
    if (at->ai_addrlen > sizeof native.storage) continue;
    std::memcpy(&native.storage, at->ai_addr, at->ai_addrlen);
    native.length = at->ai_addrlen;
    const result<socket_addr> addr = detail::from_native(native);
    if (addr) found.emplace_back(addr->ip(), wanted.port, addr->scope_id());
  }
  if (found.empty()) return std::unexpected(std::error_code(EAI_NONAME, errors_of_lookup()));
  return found;
}

async<result<std::vector<socket_addr>>> look_up(std::string text, std::source_location where) {
  const result<socket_addr> numeric = socket_addr::parse(text);
  if (numeric) co_return std::vector<socket_addr>(1, *numeric);
  const result<host_and_port> wanted = take_apart(text);
  if (!wanted) co_return std::unexpected(wanted.error());
  if (wanted->host == "localhost") {
    std::vector<socket_addr> loopback;
    loopback.emplace_back(ip_addr::loopback_v4(), wanted->port);
    loopback.emplace_back(ip_addr::loopback_v6(), wanted->port);
    co_return loopback;
  }
  auto job = spawn_blocking([asked = *wanted] { return ask_system(asked); }, where);
  auto answer = co_await job;
  if (!answer) co_return std::unexpected(make_error_code(errc::cancelled));
  co_return *std::move(answer);
}

}  // namespace

async<result<std::vector<socket_addr>>> lookup_host(std::string_view host_and_port,
                                                    std::source_location where) {
  return look_up(std::string(host_and_port), where);
}

}  // namespace edo::inline v0
