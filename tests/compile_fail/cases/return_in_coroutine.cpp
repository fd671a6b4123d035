// return instead of co_return.
// MODE: plain
// EXPECT: did you mean .co_return
#include <chrono>
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
  co_await edo::sleep(std::chrono::seconds(1));
#ifdef EDO_GOOD
  co_return co_await answer();
#else
  return answer();
#endif
}
