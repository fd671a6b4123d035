// A coroutine has one owner.
// MODE: plain
// EXPECT: deleted
#include <edo/edo.hpp>
#include <utility>

edo::async<int> answer() { co_return 42; }

edo::async<int> caller() {
  auto first = answer();
#ifdef EDO_GOOD
  auto second = std::move(first);
#else
  auto second = first;
#endif
  co_return co_await second;
}
