// timeout gives values.
// MODE: plain
// EXPECT: timeout\(\) gives values
#include <chrono>
#include <edo/edo.hpp>

int number = 0;

#ifdef EDO_GOOD
edo::async<int*> find() { co_return &number; }
#else
edo::async<int&> find() { co_return number; }
#endif

edo::async<bool> caller() {
  auto timed = co_await edo::timeout(std::chrono::seconds(1), find());
  co_return timed.has_value();
}
