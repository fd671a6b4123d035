// A coroutine is a future, and does nothing until somebody polls it.
#include <cstdio>
#include <edo/edo.hpp>
#include <utility>

// [program]
edo::async<int> add(int a, int b) {
  std::puts("adding");
  co_return a + b;
}

int main() {
  edo::async<int> sum = add(1, 2);  // prints nothing: the body has not begun
  std::puts("made");
  int value = edo::block_on(std::move(sum));
  std::printf("sum: %d\n", value);
}
// [/program]
