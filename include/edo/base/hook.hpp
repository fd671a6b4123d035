/// A callable that a runtime calls at certain moments.
#pragma once

#include "edo/base/ref_ptr.hpp"
#include "edo/base/unique_fn.hpp"

#include <type_traits>
#include <utility>

namespace edo::inline v0 {

template <class Signature>
class hook;

/// A callable shared by its copies, or nothing. It is called from several threads at once, and must
/// not throw: an exception ends the program.
/// Threads: a plain value. Allocation: one when it is made.
template <class... Args>
class hook<void(Args...)> {
 public:
  hook() noexcept = default;

  template <class Fn>
    requires(!std::is_same_v<std::remove_cvref_t<Fn>, hook> &&
             std::is_invocable_r_v<void, std::decay_t<Fn>&, Args...>)
  hook(Fn&& fn) : held_(detail::ref_ptr<held>::adopt(new held(std::forward<Fn>(fn)))) {}

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(held_); }

  void operator()(Args... args) const noexcept { held_->fn(std::forward<Args>(args)...); }

 private:
  struct held : detail::ref_counted<held> {
    template <class Fn>
    explicit held(Fn&& f) : fn(std::forward<Fn>(f)) {}
    unique_fn<void(Args...)> fn;
  };

  detail::ref_ptr<held> held_;
};

}  // namespace edo::inline v0
