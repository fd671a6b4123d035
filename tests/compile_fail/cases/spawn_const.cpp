// A const future cannot be moved into a task.
// MODE: plain
// EXPECT: EDO-E0018
#include <edo/edo.hpp>
#include <utility>

edo::async<int> answer() { co_return 42; }

void caller() {
#ifdef EDO_GOOD
  auto future = answer();
#else
  const auto future = answer();
#endif
  edo::spawn(std::move(future));
}
