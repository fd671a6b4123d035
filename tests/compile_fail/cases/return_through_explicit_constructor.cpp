// A number is no vector.
// MODE: plain
// EXPECT: error
#include <edo/edo.hpp>
#include <vector>

edo::async<std::vector<int>> five() {
#ifdef EDO_GOOD
  co_return std::vector<int>{5};
#else
  co_return 5;
#endif
}
