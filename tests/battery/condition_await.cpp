// IDIOM: G2 `if (co_await f())` in a body without a local variable
// UNSAFE: g++ 12
#include "support.hpp"

lazy<int> answer() {
  co_await hop{};
  co_return 1;
}

lazy<int> caller() {
  if (co_await answer()) co_return 5;
  co_return 6;
}

int main() {
  for (int i = 0; i < 20; ++i) CHECK(run(caller()) == 5);
}
