// A coroutine with an output that ends without one.
// MODE: plain
// COMPILER: clang
// EXPECT: does not return a value
#include <chrono>
#include <edo/edo.hpp>

edo::async<int> answer() {
  co_await edo::sleep(std::chrono::seconds(1));
#ifdef EDO_GOOD
  co_return 42;
#endif
}
