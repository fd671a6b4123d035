// IDIOM: G2 `switch (co_await f())` in a body without a local variable
// UNSAFE: g++ 12
#include "support.hpp"

lazy<int> answer() {
  co_await hop{};
  co_return 2;
}

lazy<int> caller() {
  switch (co_await answer()) {
    case 2:
      co_return 5;
    default:
      co_return 6;
  }
}

int main() {
  for (int i = 0; i < 20; ++i) CHECK(run(caller()) == 5);
}
