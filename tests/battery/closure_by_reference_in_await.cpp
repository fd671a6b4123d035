// IDIOM: G1 a closure with a destructor is made inside a co_await expression, passed by F&&
// UNSAFE: g++ 12
#include "support.hpp"

template <class F>
struct kept {
  F f;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  int await_resume() { return f(); }
};

template <class F>
kept<F> keep(F&& f) {
  return {std::forward<F>(f)};
}

lazy<int> caller() {
  token t(7);
  const int got = co_await keep([t] { return t.value; });
  co_return got;
}

int main() {
  CHECK(run(caller()) == 7);
  CHECK(token::alive == 0);
}
