// The same when a task is made of the closure.
// MODE: plain
// COMPILER: gcc
// EXPECT: EDO-E0015: g\+\+ before 13 destroys a closure
#include <edo/edo.hpp>
#include <string>

edo::async<void> caller(std::string name) {
#ifdef EDO_GOOD
  auto task = edo::spawn([name]() -> edo::async<void> { co_return; });
  co_await task;
#else
  co_await edo::spawn([name]() -> edo::async<void> { co_return; });
#endif
}
