// IDIOM: whether a lambda coroutine captures can be asked in a member that is instantiated late
#include "support.hpp"

#include <type_traits>

bool captures = false;

struct probe {
  template <class C>
  struct promise {
    promise() noexcept { note(); }
    probe get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
    void note() noexcept { captures = !std::is_empty_v<C>; }
  };
};
template <class C, class... A>
struct std::coroutine_traits<probe, C, A...> {
  using promise_type = probe::promise<std::remove_cvref_t<C>>;
};

int main() {
  int n = 0;
  [n]() -> probe {
    (void)n;
    co_return;
  }();
  CHECK(captures);
  []() -> probe { co_return; }();
  CHECK(!captures);
  [&n](int) mutable -> probe {
    n = 1;
    co_return;
  }(1);
  CHECK(captures);
  [n](auto) -> probe {
    (void)n;
    co_return;
  }(1);
  CHECK(captures);
}
