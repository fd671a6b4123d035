// A runtime is built before it is used: build gives a result.
// MODE: plain
// EXPECT: block_on
#include <edo/edo.hpp>

edo::async<int> answer() { co_return 42; }

int caller() {
  auto rt = edo::runtime_builder::current_thread().build();
#ifdef EDO_GOOD
  return rt->block_on(answer());
#else
  return rt.block_on(answer());
#endif
}
