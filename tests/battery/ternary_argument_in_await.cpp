// IDIOM: G2c a ternary that makes class temporaries is an argument inside a co_await expression
// UNSAFE: g++ 12
#include "support.hpp"

lazy<int> take(token t) {
  co_await hop{};
  co_return t.value;
}

lazy<int> caller(bool first) {
  const int got = co_await take(first ? token(1) : token(2));
  co_return got;
}

int main() {
  CHECK(run(caller(true)) == 1);
  CHECK(run(caller(false)) == 2);
  CHECK(token::alive == 0);
}
