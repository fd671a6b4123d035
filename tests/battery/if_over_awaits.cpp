// IDIOM: G4c's cure: an `if` statement chooses between two awaits
#include "support.hpp"

lazy<int> take(token t) {
  co_await hop{};
  co_return t.value;
}

lazy<int> caller(bool first) {
  int got = 0;
  if (first) {
    got = co_await take(token(1));
  } else {
    got = co_await take(token(2));
  }
  co_return got;
}

int main() {
  CHECK(run(caller(true)) == 1);
  CHECK(run(caller(false)) == 2);
  CHECK(token::alive == 0);
}
