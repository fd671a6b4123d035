// IDIOM: G1 the same, two calls deep, as inside a combinator
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
kept<F> keep(F f) {
  return {std::move(f)};
}
template <class F>
kept<F> both(kept<F> one, int) {
  return one;
}

lazy<int> caller() {
  token t(7);
  const int got = co_await both(keep([t] { return t.value; }), 1);
  co_return got;
}

int main() {
  CHECK(run(caller()) == 7);
  CHECK(token::alive == 0);
}
