// try_ alone does nothing.
// MODE: plain
// EXPECT: ignoring return
#include <edo/edo.hpp>

edo::async<edo::result<void>> work() { co_return {}; }

edo::async<edo::result<void>> caller() {
#ifdef EDO_GOOD
  co_await edo::try_(work());
#else
  edo::try_(work());
#endif
  co_return {};
}
