// Inside the condition of a loop, too.
// MODE: plain
// COMPILER: gcc
// EXPECT: EDO-E0015: g\+\+ before 13 destroys a closure
#include <edo/edo.hpp>
#include <string>

edo::async<int> caller(std::string name) {
  int rounds = 0;
#ifdef EDO_GOOD
  auto block = edo::async_block([name]() -> edo::async<bool> { co_return name.empty(); });
  const bool empty = co_await block;
  if (!empty) ++rounds;
#else
  while (co_await edo::async_block([name]() -> edo::async<bool> { co_return name.empty(); })) {
    ++rounds;
  }
#endif
  co_return rounds;
}
