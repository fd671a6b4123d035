// IDIOM: a frame that is destroyed while it stands at an await that will never resume (try_)
// UNSAFE: g++ 12
#include "support.hpp"

struct leave {
  token t;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  void await_resume() const noexcept { std::abort(); }
};

lazy<int> child() {
  token local(1);
  co_await leave{};
  co_return 1;
}
lazy<int> caller() {
  token local(2);
  const int got = co_await child();
  co_return got + local.value;
}

int main() {
  {
    auto coroutine = caller();
    start(coroutine);
    CHECK(token::alive == 3);
  }
  CHECK(token::alive == 0);
}
