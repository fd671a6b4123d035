/// A listening socket, and its patience when descriptors run out.
#pragma once

#include "edo/base/atomic.hpp"
#include "edo/base/lock.hpp"
#include "edo/base/pool.hpp"
#include "edo/base/result.hpp"
#include "edo/base/unique_fd.hpp"
#include "edo/driver/registration.hpp"
#include "edo/net/tcp_listener.hpp"

#include <cstddef>
#include <cstdint>

namespace edo::inline v0::detail {

class driver;

/// What a `tcp_listener` owns.
///
/// A pause begins when `accept4` says that descriptors or memory have run out, and is over at its
/// deadline, or when edo has closed a socket since. It belongs to the listener, not to the accept
/// that met it, so that dropping that one and making another neither shortens nor forgets it. The
/// readiness is not cleared meanwhile: the backlog is no edge, and would not be reported again.
/// Threads: all functions from any, also at once. Allocation: one block of the frame pool.
class listener {
 public:
  static constexpr std::int64_t pause_min_ns = 10'000'000;
  static constexpr std::int64_t pause_max_ns = 1'000'000'000;
  /// Connections that are gone before they are accepted may not keep a poll for ever.
  static constexpr unsigned attempts_max = 16;

  /// Errors: as `registration::open`.
  [[nodiscard]] static result<tcp_listener> open(driver& owner, unique_fd fd);

  ~listener();

  static void* operator new(std::size_t size) { return pool_allocate(size); }
  static void operator delete(void* block, std::size_t size) noexcept { pool_free(block, size); }

  /// As `accept_future::poll`, but for the budget.
  [[nodiscard]] poll_result<result<accepted>> poll_accept(io_waiter& waiter,
                                                          accept_pause& pause,
                                                          context& cx);

  [[nodiscard]] accept_stats stats() const noexcept;
  [[nodiscard]] int fd() const noexcept { return registration_.fd(); }

 private:
  enum class verdict : std::uint8_t { connected, would_block, gone, exhausted, failed };

  explicit listener(registration place) noexcept : registration_(std::move(place)) {}

  [[nodiscard]] static verdict judge(int error) noexcept;

  [[nodiscard]] poll_result<result<void>> poll_pause(accept_pause& pause, context& cx) noexcept;
  [[nodiscard]] bool wait_on(accept_pause& pause,
                             std::int64_t until_ns,
                             std::uint64_t ticket,
                             context& cx) noexcept;
  void begin_pause(std::uint64_t ticket) noexcept;
  void end_pause(std::int64_t until_ns) noexcept;
  void succeeded() noexcept;
  [[nodiscard]] result<accepted> hand_out(int fd, const socket_addr& peer);

  registration registration_;

  raw_mutex lock_;
  std::int64_t paused_until_ns_ EDO_GUARDED_BY(lock_) = 0;  // 0: no pause
  std::uint64_t pause_ticket_ EDO_GUARDED_BY(lock_) = 0;    // of the call that failed
  std::int64_t next_pause_ns_ EDO_GUARDED_BY(lock_) = pause_min_ns;

  // any thread, atomic: statistics
  atomic<std::uint64_t> accepted_{0};
  atomic<std::uint64_t> attempts_{0};
  atomic<std::uint64_t> aborted_{0};
  atomic<std::uint64_t> exhausted_{0};
};

/// For this folder and its tests.
struct listener_access {
  [[nodiscard]] static tcp_listener make(listener& adopted) noexcept {
    return tcp_listener(&adopted);
  }
};

/// As `tcp_listener::bind` and `from_fd`, in a driver that the caller names.
[[nodiscard]] result<tcp_listener> listen_at(driver& owner,
                                             const socket_addr& addr,
                                             const listener_options& options);

}  // namespace edo::inline v0::detail
