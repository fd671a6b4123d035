// select over something that is no future.
// MODE: plain
// EXPECT: EDO-E0018|select
#include <chrono>
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<std::size_t> caller() {
#ifdef EDO_GOOD
  auto first = co_await edo::select(answer(), edo::sleep(std::chrono::seconds(1)));
#else
  auto first = co_await edo::select(answer(), std::chrono::seconds(1));
#endif
  co_return first.index();
}
