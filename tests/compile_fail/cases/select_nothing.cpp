// A select without branches would wait for ever.
// MODE: plain
// EXPECT: no matching function for call to .*select
// NOTE: sizeof...
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

edo::async<std::size_t> caller() {
#ifdef EDO_GOOD
  auto first = co_await edo::select(answer());
#else
  auto first = co_await edo::select();
#endif
  co_return first.index();
}
