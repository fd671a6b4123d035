// IDIOM: a lambda coroutine's closure is its first parameter, and not yet complete in its own body
#include "support.hpp"

#include <type_traits>

template <class C>
concept complete = requires { sizeof(C); };

// 0: no class parameter, 1: an incomplete class, 2: a complete one.
template <int Expected>
struct probe {
  template <int Found>
  struct promise {
    static_assert(Found == Expected);
    probe get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};
template <int Expected>
struct std::coroutine_traits<probe<Expected>> {
  using promise_type = typename probe<Expected>::template promise<0>;
};
template <int Expected, class C, class... A>
struct std::coroutine_traits<probe<Expected>, C, A...> {
  using promise_type =
      typename probe<Expected>::template promise<complete<std::remove_cvref_t<C>> ? 2 : 1>;
};

struct server {
  probe<2> member() { co_return; }
};

int main() {
  int n = 0;
  [n]() -> probe<1> {
    (void)n;
    co_return;
  }();
  [n]() mutable -> probe<1> {
    (void)n;
    co_return;
  }();
  [] -> probe<1> { co_return; }();
  server().member();
}
