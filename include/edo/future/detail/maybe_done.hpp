/// A child of a combinator: its future, then its output, in one place.
#pragma once

#include "edo/future/async.hpp"
#include "edo/future/detail/progress_mark.hpp"

#include <memory>
#include <new>
#include <utility>
#include <variant>

namespace edo::inline v0::detail {

/// What stands for an output inside a tuple or a variant: void is `std::monostate`.
template <class T>
struct tuple_element {
  using type = T;
};
template <>
struct tuple_element<void> {
  using type = std::monostate;
};
template <class T>
using tuple_element_t = typename tuple_element<T>::type;

/// How an output is held: a reference as a pointer, void as `std::monostate`.
template <class T>
using held_output = typename slot<tuple_element_t<T>>::type;

/// Polls `future` once and hands a ready output to `sink(held_output&&)`. True: it was ready.
template <class F, class Sink>
bool poll_into(F& future, context& cx, Sink&& sink) {
  using output = output_of<F>;
  poll_result<output> polled = future.poll(cx);
  if (polled.is_pending()) return false;
  if constexpr (std::is_void_v<output>) {
    sink(std::monostate());
  } else if constexpr (std::is_reference_v<output>) {
    sink(std::addressof(polled.value()));
  } else {
    sink(std::move(polled).value());
  }
  return true;
}

/// A future until it is ready, then its output; the future dies when the output is there.
template <class F>
class maybe_done {
 public:
  using output = output_of<F>;
  using held = held_output<output>;

  explicit maybe_done(F&& future) : future_(std::move(future)) {}
  /// What is moved is the future or its output, whichever is there.
  maybe_done(maybe_done&& other) : phase_(other.phase_) {
    if (phase_ == phase::polling) {
      ::new (static_cast<void*>(&future_)) F(std::move(other.future_));
    } else if (phase_ == phase::ready) {
      ::new (static_cast<void*>(&output_)) held(std::move(other.output_));
    }
  }
  maybe_done& operator=(maybe_done&&) = delete;
  ~maybe_done() { reset(); }

  [[nodiscard]] bool is_done() const noexcept { return phase_ == phase::ready; }

  /// Polls the future if it is not done yet. True: the output is there.
  bool poll(context& cx) {
    if (phase_ != phase::polling) return true;
    return poll_into(future_, cx, [this](held&& value) {
      held kept(std::move(value));  // the future that made it dies before it moves in
      reset();
      ::new (static_cast<void*>(&output_)) held(std::move(kept));
      phase_ = phase::ready;
    });
  }

  /// Before the first poll.
  void require_owning(std::source_location where) const { require_spawnable(future_, where); }

  [[nodiscard]] held& value() noexcept { return output_; }
  [[nodiscard]] tuple_element_t<output> take() {
    if constexpr (std::is_reference_v<output>) {
      return *output_;
    } else {
      return std::move(output_);
    }
  }

  /// Drops the future, or the output.
  void reset() noexcept {
    const phase old = std::exchange(phase_, phase::gone);
    if (old == phase::polling) {
      future_.~F();
    } else if (old == phase::ready) {
      output_.~held();
    }
  }

 private:
  enum class phase : unsigned char { polling, ready, gone };

  union {
    F future_;
    held output_;
  };
  phase phase_ = phase::polling;
};

/// Calls `fn` with each index of `0..N-1` as a constant, beginning at `first` and going round.
template <std::size_t N, class Fn>
constexpr void for_each_from(std::size_t first, Fn&& fn) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((I >= first ? fn(std::integral_constant<std::size_t, I>()) : void()), ...);
    ((I < first ? fn(std::integral_constant<std::size_t, I>()) : void()), ...);
  }(std::make_index_sequence<N>());
}

/// A number below `bound` from this thread's generator: where a combinator begins, so that no
/// branch starves the ones behind it.
[[nodiscard]] EDO_API unsigned fair_start(unsigned bound) noexcept;

}  // namespace edo::inline v0::detail
