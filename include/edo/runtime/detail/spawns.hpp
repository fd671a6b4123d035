/// The overloads of `spawn` as a member; nothing here is meant for users.
#pragma once

#include <source_location>
#include <utility>

namespace edo::inline v0::detail {

/// Gives `Self` its `spawn`, of a future or of a callable with up to five arguments, with the
/// place of the call. `Self::spawn_at(where, f, args...)` does it.
template <class Self>
class spawns {
 public:
  /// Starts a task: see `edo::spawn`.
  template <class F>
  auto spawn(F&& future, std::source_location where = std::source_location::current()) const {
    return self().spawn_at(where, std::forward<F>(future));
  }
  template <class F, class A>
  auto spawn(F&& fn, A&& a, std::source_location where = std::source_location::current()) const {
    return self().spawn_at(where, std::forward<F>(fn), std::forward<A>(a));
  }
  template <class F, class A, class B>
  auto spawn(F&& fn,
             A&& a,
             B&& b,
             std::source_location where = std::source_location::current()) const {
    return self().spawn_at(where, std::forward<F>(fn), std::forward<A>(a), std::forward<B>(b));
  }
  template <class F, class A, class B, class C>
  auto spawn(F&& fn,
             A&& a,
             B&& b,
             C&& c,
             std::source_location where = std::source_location::current()) const {
    return self().spawn_at(where, std::forward<F>(fn), std::forward<A>(a), std::forward<B>(b),
                           std::forward<C>(c));
  }
  template <class F, class A, class B, class C, class D>
  auto spawn(F&& fn,
             A&& a,
             B&& b,
             C&& c,
             D&& d,
             std::source_location where = std::source_location::current()) const {
    return self().spawn_at(where, std::forward<F>(fn), std::forward<A>(a), std::forward<B>(b),
                           std::forward<C>(c), std::forward<D>(d));
  }
  template <class F, class A, class B, class C, class D, class E>
  auto spawn(F&& fn,
             A&& a,
             B&& b,
             C&& c,
             D&& d,
             E&& e,
             std::source_location where = std::source_location::current()) const {
    return self().spawn_at(where, std::forward<F>(fn), std::forward<A>(a), std::forward<B>(b),
                           std::forward<C>(c), std::forward<D>(d), std::forward<E>(e));
  }

 private:
  friend Self;
  spawns() = default;

  [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

}  // namespace edo::inline v0::detail
