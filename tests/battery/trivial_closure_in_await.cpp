// IDIOM: a closure that is trivial to destroy is made inside a co_await expression
#include "support.hpp"

template <class F>
lazy<int> call(F f) {
  co_await hop{};
  co_return f();
}

lazy<int> caller() {
  int n = 7;
  int* p = &n;
  const int got = co_await call([n, p] { return n + *p; });
  co_return got;
}

int main() { CHECK(run(caller()) == 14); }
