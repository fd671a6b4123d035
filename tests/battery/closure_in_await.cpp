// IDIOM: G1 a closure with a destructor is made inside a co_await expression, passed by value
// UNSAFE: g++ 12
#include "support.hpp"

template <class F>
lazy<int> call(F f) {
  co_await hop{};
  co_return f();
}

lazy<int> caller() {
  token t(7);
  const int got = co_await call([t] { return t.value; });
  co_return got;
}

int main() {
  CHECK(run(caller()) == 7);
  CHECK(token::alive == 0);
}
