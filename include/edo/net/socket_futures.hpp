/// The futures of a connected socket: named, so that users may keep them as members.
#pragma once

#include "edo/base/result.hpp"
#include "edo/driver/io_waiter.hpp"
#include "edo/future/context.hpp"
#include "edo/future/detail/progress_mark.hpp"
#include "edo/future/poll.hpp"

#include <cstddef>
#include <span>

namespace edo::inline v0 {

namespace detail {
class socket;
}

// All of them borrow their socket and their buffer until they end, are movable until first polled,
// charge the cooperative budget once for each system call that did something, allocate nothing, and
// resume on the thread that polls the task. Several may wait for one socket at once. Each gives one
// result: a second await throws `usage_error` EDO-E0005.

/// Receives what is there: the future of `tcp_stream::read`.
class [[nodiscard]] EDO_API socket_read_future {
 public:
  using output = result<std::size_t>;

  socket_read_future(detail::socket& from, std::span<std::byte> into) noexcept
      : socket_(&from), into_(into) {}

  poll_result<output> poll(context& cx);

 private:
  detail::socket* socket_;
  std::span<std::byte> into_;
  detail::io_waiter waiter_;
  detail::progress_mark progress_;
};

/// Sends what fits: the future of `tcp_stream::write`.
class [[nodiscard]] EDO_API socket_write_future {
 public:
  using output = result<std::size_t>;

  socket_write_future(detail::socket& to, std::span<const std::byte> from) noexcept
      : socket_(&to), from_(from) {}

  poll_result<output> poll(context& cx);

 private:
  detail::socket* socket_;
  std::span<const std::byte> from_;
  detail::io_waiter waiter_;
  detail::progress_mark progress_;
};

/// Sends everything: the future of `tcp_stream::write_all`.
class [[nodiscard]] EDO_API socket_write_all_future {
 public:
  using output = result<void>;

  socket_write_all_future(detail::socket& to, std::span<const std::byte> from) noexcept
      : socket_(&to), from_(from) {}

  poll_result<output> poll(context& cx);

  /// How many bytes the system has taken so far; also after an error, and before a drop: write the
  /// rest to go on.
  [[nodiscard]] std::size_t written() const noexcept { return written_; }

 private:
  detail::socket* socket_;
  std::span<const std::byte> from_;
  std::size_t written_ = 0;
  detail::io_waiter waiter_;
  detail::progress_mark progress_;
};

/// Waits until a direction may make progress: the future of `readable` and `writable`.
class [[nodiscard]] EDO_API socket_ready_future {
 public:
  using output = result<void>;

  socket_ready_future(detail::socket& of, detail::io_direction direction) noexcept
      : socket_(&of), direction_(direction) {}

  poll_result<output> poll(context& cx);

 private:
  detail::socket* socket_;
  detail::io_direction direction_;
  detail::io_waiter waiter_;
  detail::progress_mark progress_;
};

/// Ends the sending direction: the future of `tcp_stream::shutdown`. Ready at its first poll.
class [[nodiscard]] EDO_API socket_shutdown_future {
 public:
  using output = result<void>;

  explicit socket_shutdown_future(detail::socket& of) noexcept : socket_(&of) {}

  poll_result<output> poll(context& cx);

 private:
  detail::socket* socket_;
  detail::progress_mark progress_;
};

}  // namespace edo::inline v0
