// A capture of this is a capture.
// MODE: strict
// EXPECT: EDO-E0001: this lambda coroutine captures
#include <edo/edo.hpp>

struct counter {
  int count = 0;

  edo::async<void> caller() {
    auto counts = [this]() -> edo::async<void> {
      ++count;
      co_return;
    };
#ifdef EDO_GOOD
    auto task = edo::spawn(counts);
#else
    auto task = edo::spawn(counts());
#endif
    static_cast<void>(co_await task);
  }
};
