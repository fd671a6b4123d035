// IDIOM: G2 `while (co_await f())` in a body without a local variable
// UNSAFE: g++ 12
#include "support.hpp"

int left = 3;
lazy<int> more() {
  co_await hop{};
  co_return left-- > 0;
}

lazy<int> caller() {
  while (co_await more()) {
  }
  co_return left;
}

int main() { CHECK(run(caller()) == -1); }
