// IDIOM: std::coroutine_traits sees every parameter's type, `*this` as a reference to its class
#include "support.hpp"

#include <string>
#include <string_view>
#include <type_traits>

template <class... A>
struct parameters {};

template <class... Expected>
struct seen {
  template <class... A>
  struct promise {
    static_assert(std::is_same_v<parameters<A...>, parameters<Expected...>>);
    seen get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};
template <class... Expected, class... A>
struct std::coroutine_traits<seen<Expected...>, A...> {
  using promise_type = typename seen<Expected...>::template promise<A...>;
};

using text = const std::string&;
seen<int, std::string&&, std::string_view, text, char*> free_function(
    int, std::string&&, std::string_view, text, char*) {
  co_return;
}
struct server {
  seen<server&, int> member(int) { co_return; }
  seen<const server&, int> const_member(int) const { co_return; }
  static seen<int> static_member(int) { co_return; }
};
template <class T>
seen<T, T&> generic(T, T&) {
  co_return;
}

int main() {
  char c = 0;
  std::string s;
  free_function(1, std::move(s), s, s, &c);
  server().member(1);
  server().const_member(1);
  server::static_member(1);
  int i = 0;
  generic(i, i);
}
