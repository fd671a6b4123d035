// IDIOM: G2b's cure: `operator co_await` returns a new awaiter that refers to the object
#include "support.hpp"

struct awaitable {
  token t{7};
  struct awaiter {
    awaitable* from;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
    awaitable* await_resume() const noexcept { return from; }
  };
  awaiter operator co_await() && noexcept { return {this}; }
  awaiter operator co_await() & noexcept { return {this}; }
};

lazy<int> caller() {
  awaitable a;
  awaitable* rvalue = co_await std::move(a);
  awaitable* lvalue = co_await a;
  co_return rvalue == &a&& lvalue == &a;
}

int main() {
  CHECK(run(caller()) == 1);
  CHECK(token::alive == 0);
}
