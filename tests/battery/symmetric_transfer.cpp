// IDIOM: G3 a million awaits in a loop by symmetric transfer run in bounded stack
// UNSAFE: g++ 12 -O0
#include "support.hpp"

lazy<int> one() { co_return 1; }

lazy<int> caller() {
  int total = 0;
  for (int i = 0; i < 1'000'000; ++i) total += co_await one();
  co_return total;
}

int main() { CHECK(run(caller()) == 1'000'000); }
