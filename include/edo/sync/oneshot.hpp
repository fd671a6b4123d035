/// A channel for one value.
#pragma once

#include "edo/base/error.hpp"
#include "edo/base/pool.hpp"
#include "edo/base/usage.hpp"
#include "edo/future/block_on.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"
#include "edo/sync/detail/oneshot_state.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <new>
#include <source_location>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace edo::inline v0::oneshot {

/// Why a receiver has no value: the sender was dropped without sending.
/// Converts to `errc::closed`.
enum class recv_error : unsigned char { closed = 1 };

/// Why `try_recv` gave nothing.
enum class try_recv_error : unsigned char {
  empty = 1,  ///< Nothing was sent yet.
  closed,     ///< The sender was dropped without sending, or the value was taken already.
};

[[nodiscard]] inline std::error_code make_error_code(recv_error) noexcept {
  return make_error_code(errc::closed);
}

template <class T>
class sender;
template <class T>
class receiver;

namespace detail {

using namespace edo::detail;
namespace state = edo::detail::oneshot_state;

template <class T>
using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// What both sides share. oneshot_state.hpp says who may touch what.
template <class T>
struct shared {
  static_assert(std::is_void_v<T> || (std::is_object_v<T> && std::is_nothrow_destructible_v<T>),
                "edo: a oneshot channel carries an object, or void");

  shared() noexcept {}
  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;
  ~shared() {}

  [[nodiscard]] static shared& make() { return *::new (pool_allocate(sizeof(shared))) shared; }
  void free() noexcept {
    this->~shared();
    pool_free(this, sizeof(shared));
  }

  atomic<state::word> word{0};
  waker rx_waker;
  waker tx_waker;
  union {
    stored<T> slot;
  };
};

/// Leaves `with` for the other side to wake. `mine`, `over`: the bit of the waker, and the one that
/// says that nothing is worth waiting for any more. False: that is set.
template <class T>
bool lend_waker(shared<T>& s,
                waker& field,
                state::word mine,
                state::word over,
                state::pure::flag_step (*set)(state::word) noexcept,
                state::pure::flag_step (*unset)(state::word) noexcept,
                const waker& with) noexcept {
  // acquire: for what came before `over` was set.
  const state::word seen = s.word.load(memory_order_acquire);
  if (state::has(seen, over)) return false;
  if (state::has(seen, mine)) {
    if (field.will_wake(with)) return true;  // reading it beside the other side is allowed
    if (!state::apply(s.word, unset).done) return false;
  }
  field = with;
  return state::apply(s.word, set).done;
}

}  // namespace detail

/// The future of `sender::closed`: ready when nobody will receive any more.
template <class T>
class [[nodiscard]] closed_future {
 public:
  using output = void;

  explicit closed_future(sender<T>& of) noexcept : sender_(&of) {}
  poll_result<void> poll(context& cx) noexcept { return sender_->poll_closed(cx); }

 private:
  sender<T>* sender_;
};

/// The right to send one value. Dropping it unused tells the receiver that there will be none.
///
/// Threads: any one at a time, beside the receiver on another.
/// Source: Rust's `tokio::sync::oneshot::Sender`.
template <class T>
class [[nodiscard]] sender {
 public:
  /// What `send` takes, and gives back if it was refused; `std::monostate` for void.
  using value_type = detail::stored<T>;

  sender(sender&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  sender& operator=(sender&& other) noexcept {
    if (this != &other) {
      leave();
      shared_ = std::exchange(other.shared_, nullptr);
    }
    return *this;
  }
  ~sender() { leave(); }

  /// Sends the value and wakes the receiver. Never waits.
  /// Errors: the value itself, if the receiver is closed or gone. An exception of its move leaves
  /// the channel as it was.
  [[nodiscard]] std::expected<void, value_type> send(value_type value = value_type()) &&
      requires(std::is_void_v<T>) { return put(std::move(value)); }
      [[nodiscard]] std::expected<void, value_type> send(value_type value) &&
      requires(!std::is_void_v<T>) { return put(std::move(value)); }

      /// True if nobody will receive any more: a send would be refused.
      [[nodiscard]] bool is_closed() const noexcept {
    namespace state = detail::state;
    // acquire: what the receiver did before it closed is visible.
    return shared_ == nullptr ||
           state::has(shared_->word.load(memory_order_acquire), state::closed);
  }

  /// Ready when the receiver is closed or gone: to stop work that nobody waits for.
  /// Cancel safety: nothing is lost. Charges the budget.
  [[nodiscard]] closed_future<T> closed() noexcept { return closed_future<T>(*this); }

  poll_result<void> poll_closed(context& cx) noexcept {
    namespace state = detail::state;
    if (shared_ == nullptr) return done;
    if (!cx.try_charge()) return pending;
    if (detail::lend_waker(*shared_, shared_->tx_waker, state::tx_waker, state::closed,
                           &state::pure::set_tx_waker, &state::pure::unset_tx_waker, cx.waker())) {
      cx.refund();
      return pending;
    }
    return done;
  }

  /// False once it has sent or was moved from.
  [[nodiscard]] bool valid() const noexcept { return shared_ != nullptr; }

 private:
  template <class U>
  friend std::pair<sender<U>, receiver<U>> channel();

  explicit sender(detail::shared<T>& s) noexcept : shared_(&s) {}

  std::expected<void, value_type> put(value_type&& value) {
    namespace state = detail::state;
    if (shared_ == nullptr) [[unlikely]] {
      edo::detail::throw_usage(usage::awaited_twice, std::source_location::current(),
                               "oneshot::sender");
    }
    ::new (static_cast<void*>(&shared_->slot)) value_type(std::move(value));
    const state::step taken = state::apply(shared_->word, &state::pure::send);
    if (taken.owed == state::effect::refused) [[unlikely]] {
      std::expected<void, value_type> back(std::unexpect, std::move(shared_->slot));
      shared_->slot.~value_type();
      leave();
      return back;
    }
    finish(*std::exchange(shared_, nullptr), taken.owed);
    return {};
  }

  void leave() noexcept {
    namespace state = detail::state;
    if (shared_ == nullptr) return;
    detail::shared<T>& s = *std::exchange(shared_, nullptr);
    finish(s, state::apply(s.word, &state::pure::leave_tx).owed);
  }

  static void finish(detail::shared<T>& s, detail::state::effect owed) noexcept {
    namespace state = detail::state;
    if (owed == state::effect::wake) {
      s.rx_waker.wake_by_ref();
      owed = state::apply(s.word, &state::pure::tx_woken).owed;
    }
    if (owed == state::effect::free) s.free();
  }

  detail::shared<T>* shared_;
};

/// The right to receive the value: a future of `std::expected<T, recv_error>`.
///
/// Awaits: the value, or the end of the sender.
/// Cancel safety: awaited by reference (`co_await rx`, `select(rx, ...)`) nothing is lost when the
/// wait is dropped.
/// Errors: `recv_error::closed`. Awaiting again after it was ready throws `usage_error` EDO-E0005.
/// Threads: any one at a time, beside the sender on another. Charges the budget once.
/// Source: Rust's `tokio::sync::oneshot::Receiver`.
template <class T>
class [[nodiscard]] receiver {
 public:
  using output = std::expected<T, recv_error>;

  receiver(receiver&& other) noexcept
      : shared_(std::exchange(other.shared_, nullptr)), over_(other.over_) {}
  receiver& operator=(receiver&& other) noexcept {
    if (this != &other) {
      leave();
      shared_ = std::exchange(other.shared_, nullptr);
      over_ = other.over_;
    }
    return *this;
  }
  ~receiver() { leave(); }

  poll_result<output> poll(context& cx) {
    namespace state = detail::state;
    require_not_over();
    if (!cx.try_charge()) return pending;
    if (detail::lend_waker(*shared_, shared_->rx_waker, state::rx_waker, state::ended,
                           &state::pure::set_rx_waker, &state::pure::unset_rx_waker, cx.waker())) {
      cx.refund();
      return pending;
    }
    over_ = true;
    if (!has_value()) return output(std::unexpect, recv_error::closed);
    return take<output>();
  }

  /// The value if it is there. Never waits.
  [[nodiscard]] std::expected<T, try_recv_error> try_recv() {
    namespace state = detail::state;
    using given = std::expected<T, try_recv_error>;
    if (shared_ == nullptr || over_) return given(std::unexpect, try_recv_error::closed);
    if (has_value()) {
      over_ = true;
      return take<given>();
    }
    // acquire: what the sender did before it left is visible; a closed channel gets nothing more.
    const state::word seen = shared_->word.load(memory_order_acquire);
    if (state::has(seen, state::value)) return try_recv();
    const bool over = (seen & (state::ended | state::closed)) != 0;
    return given(std::unexpect, over ? try_recv_error::closed : try_recv_error::empty);
  }

  /// Waits on this thread, outside of tasks.
  /// Errors: `recv_error::closed`; `usage_error` EDO-E0010 inside a task.
  [[nodiscard]] output blocking_recv(std::source_location where = std::source_location::current()) {
    return edo::block_on(*this, where);
  }

  /// From now on a send is refused; a value that was sent before can still be received. Wakes
  /// `closed()`. Again: nothing.
  void close() noexcept {
    namespace state = detail::state;
    if (shared_ == nullptr) return;
    if (state::apply(shared_->word, &state::pure::close).owed == state::effect::wake) {
      shared_->tx_waker.wake_by_ref();  // INV-3: this side has not left
    }
  }

  /// True once it has given its value or its error.
  [[nodiscard]] bool is_terminated() const noexcept { return shared_ == nullptr || over_; }

  /// True if no value waits to be received.
  [[nodiscard]] bool is_empty() const noexcept {
    return shared_ == nullptr || over_ || !has_value();
  }

 private:
  template <class U>
  friend std::pair<sender<U>, receiver<U>> channel();

  explicit receiver(detail::shared<T>& s) noexcept : shared_(&s) {}

  void require_not_over() const {
    if (shared_ == nullptr || over_) [[unlikely]] {
      edo::detail::throw_usage(usage::awaited_twice, {}, "oneshot::receiver");
    }
  }

  [[nodiscard]] bool has_value() const noexcept {
    namespace state = detail::state;
    // acquire: the value in the slot is visible.
    return state::has(shared_->word.load(memory_order_acquire), state::value);
  }

  // INV-1: the value is this side's.
  template <class Given>
  Given take() {
    using stored = detail::stored<T>;
    struct destroyer {
      stored& value;
      ~destroyer() { value.~stored(); }
    } const guard{shared_->slot};
    if constexpr (std::is_void_v<T>) {
      return Given();
    } else {
      return Given(std::in_place, std::move(guard.value));
    }
  }

  void leave() noexcept {
    namespace state = detail::state;
    using stored = detail::stored<T>;
    if (shared_ == nullptr) return;
    detail::shared<T>& s = *std::exchange(shared_, nullptr);
    // acquire: as in has_value().
    const state::word seen = s.word.load(memory_order_acquire);
    if (state::has(seen, state::rx_waker) && !state::has(seen, state::ended) &&
        state::apply(s.word, &state::pure::unset_rx_waker).done) {
      s.rx_waker = waker();  // the task that waited need not live as long as the sender
    }
    state::effect owed = state::apply_leave_rx(s.word, [&] {
      if (!over_) s.slot.~stored();
    });
    if (owed == state::effect::wake) {
      s.tx_waker.wake_by_ref();
      owed = state::apply(s.word, &state::pure::rx_woken).owed;
    }
    if (owed == state::effect::free) s.free();
  }

  detail::shared<T>* shared_;
  bool over_ = false;  // it has given its value or its error
};

/// A new channel: `auto [tx, rx] = edo::oneshot::channel<int>();`.
///
/// Needs no runtime. Allocation: one block of the frame pool for both sides.
/// Source: Rust's `tokio::sync::oneshot::channel`.
template <class T>
[[nodiscard]] std::pair<sender<T>, receiver<T>> channel() {
  detail::shared<T>& s = detail::shared<T>::make();
  return {sender<T>(s), receiver<T>(s)};
}

}  // namespace edo::inline v0::oneshot
