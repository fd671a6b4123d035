// IDIOM: G4c a ternary chooses between two awaits that make class temporaries
// UNSAFE: g++ 12
#include "support.hpp"

lazy<int> take(token t) {
  co_await hop{};
  co_return t.value;
}

lazy<int> caller(bool first) {
  const int got = first ? co_await take(token(1)) : co_await take(token(2));
  co_return got;
}

int main() {
  CHECK(run(caller(true)) == 1);
  CHECK(run(caller(false)) == 2);
  CHECK(token::alive == 0);
}
