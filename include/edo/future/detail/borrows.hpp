/// What a coroutine borrows, seen from the types of its parameters.
///
/// A spawned coroutine must own what it uses: its caller is gone when it runs. The parameters of a
/// coroutine are known when its promise is chosen (`std::coroutine_traits<async<T>, Args...>`),
/// and a lambda coroutine's first parameter is its closure. So each promise carries a pointer to a
/// constant that says what its coroutine borrows, `spawn` asks it, and the strict mode turns the
/// same knowledge into compile errors.
#pragma once

#include "edo/future/detail/promise.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace edo::inline v0::detail {

/// What the parameters of one coroutine borrow.
struct borrow_info {
  bool closure = false;                ///< It is a lambda's call, and the lambda captures.
  bool rvalue = false;                 ///< A parameter is a `T&&`.
  bool view = false;                   ///< A parameter is a `string_view` or a `span`.
  const void* closure_type = nullptr;  ///< Names the closure's type, where `closure` is set.
};

template <class C>
inline constexpr char type_mark = 0;

/// True for the type of a lambda expression, told by how the compiler prints it:
/// `main()::<lambda(int)>` (g++) or `(lambda at file:line:column)` (clang).
template <class C>
consteval bool is_closure() {
  const char* text = __PRETTY_FUNCTION__;
  std::size_t end = 0;
  while (text[end] != '\0') ++end;
  // The last component of the name: after the last `::` outside of brackets.
  std::size_t begin = end - 1;  // before the closing `]`
  int depth = 0;
  while (begin > 0) {
    const char c = text[begin - 1];
    if (c == '>' || c == ')' || c == '}') ++depth;
    if (c == '<' || c == '(' || c == '{') --depth;
    if (depth < 0) break;
    if (depth == 0 && (c == ' ' || (c == ':' && text[begin - 2] == ':'))) {
      // g++ prints `<lambda(int) mutable>` as one component; clang has blanks inside brackets only.
      break;
    }
    --begin;
  }
  const auto starts_with = [&](const char* prefix) {
    for (std::size_t i = 0; prefix[i] != '\0'; ++i) {
      if (text[begin + i] != prefix[i]) return false;
    }
    return true;
  };
  return starts_with("<lambda(") || starts_with("(lambda at ");
}

template <class C>
concept closure_type = std::is_class_v<C> && is_closure<C>();

template <class A>
inline constexpr bool is_view = false;
template <class Char, class Traits>
inline constexpr bool is_view<std::basic_string_view<Char, Traits>> = true;
template <class Element, std::size_t Extent>
inline constexpr bool is_view<std::span<Element, Extent>> = true;

template <class A>
inline constexpr bool is_data_pointer =
    std::is_pointer_v<A> && !std::is_function_v<std::remove_pointer_t<A>>;
template <class A>
inline constexpr bool is_const_reference =
    std::is_lvalue_reference_v<A> && std::is_const_v<std::remove_reference_t<A>>;
template <class A>
inline constexpr bool is_reference_to_class =
    std::is_lvalue_reference_v<A> && std::is_class_v<std::remove_reference_t<A>>;

/// The rules over the parameters `A...`. `First` tells whether the list begins with the first
/// parameter of the function: if that is a reference to a class it may be `*this`, and passes.
template <bool First, class... A>
struct parameter_rules {
  static constexpr bool rvalue = (std::is_rvalue_reference_v<A> || ...);
  static constexpr bool view = (is_view<std::remove_cv_t<A>> || ...);
  static constexpr bool reference = ((is_const_reference<A> || is_data_pointer<A>) || ...);
};
template <class A0, class... A>
struct parameter_rules<true, A0, A...> {
  using rest = parameter_rules<false, A...>;
  using all = parameter_rules<false, A0, A...>;
  static constexpr bool rvalue = all::rvalue;
  static constexpr bool view = all::view;
  static constexpr bool reference = is_reference_to_class<A0> ? rest::reference : all::reference;
};

// Whether edo keeps closures of type C beside their frames somewhere in this program unit: a friend
// that is declared here without a definition gets one when `own_closure<C>` is instantiated.
template <class C>
struct closure_tag {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#pragma GCC diagnostic ignored "-Wundefined-internal"
  friend auto edo_closure_owned(closure_tag<C>);
#pragma GCC diagnostic pop
};
template <class C>
struct own_closure {
  friend auto edo_closure_owned(closure_tag<C>) { return true; }
  static constexpr bool value = true;
};

/// Text of the strict mode's errors; each begins with its code (docs/errors.md).
template <class C, class Rules>
struct strict_checks {
  static constexpr void check() {
    if constexpr (!std::is_void_v<C>) {
      static_assert(
          std::is_empty_v<C> || requires { edo_closure_owned(closure_tag<C>{}); },
          "EDO-E0001: this lambda coroutine captures, and its captures die with the "
          "lambda; spawn the closure itself, edo::spawn(closure, args...), or wrap it in "
          "edo::async_block");
    }
    static_assert(!Rules::rvalue,
                  "EDO-E0002: this coroutine has a T&& parameter, which dies before the coroutine "
                  "runs; take the parameter by value");
    static_assert(!Rules::view,
                  "EDO-E0003: this coroutine has a string_view or span parameter, which a task "
                  "would outlive; take std::string or std::vector by value");
    static_assert(!Rules::reference,
                  "EDO-E0004: this coroutine has a reference or pointer parameter, which a task "
                  "may outlive; take the parameter by value");
  }
};

/// The promise of a coroutine that borrows, or that the strict mode must look at. `C` is its
/// closure's type (void: not a lambda), `Rules` its parameters'.
/// The closure is complete only after its own body, so everything about it is asked in the
/// constructor's body, which is instantiated at the end of the program unit.
template <class T, class C, class Rules>
class guarded_promise : public promise<T> {
 public:
  guarded_promise(function_place where = function_place(std::source_location::current())) noexcept
      : promise<T>(where) {
    note();
  }

 private:
  void note() noexcept {
    if constexpr (strict_lifetimes) strict_checks<C, Rules>::check();
    if constexpr (std::is_void_v<C>) {
      static constexpr borrow_info info{.rvalue = Rules::rvalue, .view = Rules::view};
      frames::set_borrows(*this, info);
    } else if constexpr (!std::is_empty_v<C> || Rules::rvalue || Rules::view) {
      static constexpr borrow_info info{.closure = !std::is_empty_v<C>,
                                        .rvalue = Rules::rvalue,
                                        .view = Rules::view,
                                        .closure_type = &type_mark<C>};
      frames::set_borrows(*this, info);
    }
  }
};

template <class Rules>
inline constexpr bool must_guard =
    Rules::rvalue || Rules::view || (strict_lifetimes && Rules::reference);

template <class C>
concept complete_type = requires { sizeof(C); };
template <class C>
concept has_one_call = requires { &C::operator(); };

/// A coroutine whose first parameter is a reference to a closure is that closure's own call, or a
/// function that was handed one. Inside its own body a closure is incomplete; one whose call is a
/// template is complete there, and cannot be told from the other case.
template <class C>
concept own_call = !complete_type<C> || !has_one_call<C>;

template <class T, class... A>
struct promise_choice {
  using rules = parameter_rules<true, A...>;
  using type = std::conditional_t<must_guard<rules>, guarded_promise<T, void, rules>, promise<T>>;
};
template <class T, class C, class... A>
  requires(closure_type<C> && own_call<C>)
struct promise_choice<T, C&, A...> {
  using type = guarded_promise<T, C, parameter_rules<false, A...>>;
};
template <class T, class C, class... A>
  requires(closure_type<C> && own_call<C>)
struct promise_choice<T, const C&, A...> {
  using type = guarded_promise<T, C, parameter_rules<false, A...>>;
};

/// Throws `usage_error` if the coroutine borrows what a task would outlive. `closure_type`: the
/// mark of a closure that the caller keeps beside the frame, or null.
EDO_API void require_owning(promise_base& root,
                            std::source_location where,
                            const void* closure_type = nullptr);

}  // namespace edo::inline v0::detail

template <class T, class... Args>
struct std::coroutine_traits<edo::async<T>, Args...> {
  using promise_type = typename edo::detail::promise_choice<T, Args...>::type;
};
