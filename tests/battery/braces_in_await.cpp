// IDIOM: G2c a braced list is an argument inside a co_await expression
// UNSAFE: g++ 12
#include "support.hpp"

#include <initializer_list>

lazy<int> sum(std::initializer_list<int> numbers) {
  int total = 0;
  for (int n : numbers) total += n;
  co_return total;
}

lazy<int> caller() {
  const int got = co_await sum({1, 2, 3});
  co_return got;
}

int main() {
  // The list is dead when the lazy body runs; only that it compiles and ends is asked.
  (void)sizeof(&caller);
}
