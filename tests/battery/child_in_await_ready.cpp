// IDIOM: G3's cure: a million children, each run inside await_ready as a plain call
// UNSAFE: g++ 12
#include "support.hpp"

struct inline_child {
  lazy<int> child;
  bool await_ready() const {
    child.frame().resume();
    return child.frame().done();
  }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  int await_resume() const noexcept { return child.frame().promise().value; }
};

lazy<int> one() { co_return 1; }

lazy<int> caller() {
  int total = 0;
  for (int i = 0; i < 1'000'000; ++i) total += co_await inline_child{one()};
  co_return total;
}

int main() { CHECK(run(caller()) == 1'000'000); }
