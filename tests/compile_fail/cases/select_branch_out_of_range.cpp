// There is no such branch.
// MODE: plain
// EXPECT: out of|index
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
  auto first = co_await edo::select(answer(), answer());
#ifdef EDO_GOOD
  co_return edo::get<1>(first);
#else
  co_return edo::get<2>(first);
#endif
}
