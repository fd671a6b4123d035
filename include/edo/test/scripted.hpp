/// A future that is pending a given number of times.
#pragma once

#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace edo::inline v0::test {

/// What a scripted future does with the waker of a pending poll.
enum class on_pending {
  wake,  ///< Wakes it at once: any executor brings the future to its end.
  keep,  ///< Stores it and never wakes it.
};

/// Pending a number of times, then ready or an exception, exactly as written.
/// Made by `ready_after` and `throw_after`. Threads: as every future.
template <class T>
class [[nodiscard]] scripted {
  using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  using output = T;

  scripted(unsigned pendings, std::optional<value>&& result, std::exception_ptr error, on_pending p)
      : pendings_(pendings), mode_(p), result_(std::move(result)), error_(std::move(error)) {}

  poll_result<T> poll(context& cx) {
    if (pendings_ != 0) {
      --pendings_;
      if (mode_ == on_pending::wake) {
        cx.waker().wake_by_ref();
      } else {
        kept_ = cx.waker();
      }
      return pending;
    }
    kept_ = edo::waker();
    if (error_) std::rethrow_exception(error_);
    if constexpr (std::is_void_v<T>) {
      return done;
    } else {
      return poll_result<T>(std::in_place, *std::move(result_));
    }
  }

 private:
  unsigned pendings_;
  on_pending mode_;
  std::optional<value> result_;
  std::exception_ptr error_;
  edo::waker kept_;
};

/// Pending `pendings` times, then ready with `value`.
template <class T>
[[nodiscard]] scripted<std::decay_t<T>> ready_after(unsigned pendings,
                                                    T&& value,
                                                    on_pending mode = on_pending::wake) {
  return {pendings, std::optional<std::decay_t<T>>(std::forward<T>(value)), nullptr, mode};
}
/// Pending `pendings` times, then done.
[[nodiscard]] inline scripted<void> done_after(unsigned pendings,
                                               on_pending mode = on_pending::wake) {
  return {pendings, std::monostate(), nullptr, mode};
}
/// Pending `pendings` times, then throws `error`.
template <class T = void, class Exception>
[[nodiscard]] scripted<T> throw_after(unsigned pendings,
                                      Exception&& error,
                                      on_pending mode = on_pending::wake) {
  return {pendings, std::nullopt, std::make_exception_ptr(std::forward<Exception>(error)), mode};
}

}  // namespace edo::inline v0::test
