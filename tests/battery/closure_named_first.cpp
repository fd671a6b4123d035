// IDIOM: G1's cure: the closure's future is made in a statement of its own
#include "support.hpp"

template <class F>
lazy<int> call(F f) {
  co_await hop{};
  co_return f();
}

lazy<int> caller() {
  token t(7);
  auto future = call([t] { return t.value; });
  const int got = co_await future;
  co_return got;
}

int main() {
  CHECK(run(caller()) == 7);
  CHECK(token::alive == 0);
}
