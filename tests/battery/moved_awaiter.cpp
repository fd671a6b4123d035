// IDIOM: G2b `co_await std::move(awaiter)` awaits that object, not a copy
// UNSAFE: g++ 12
#include "support.hpp"

struct pinned {
  pinned* self = this;
  token t;
  pinned() = default;
  pinned(pinned&& other) noexcept : self(other.self) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  bool await_resume() const noexcept { return self == this; }
};

lazy<int> caller() {
  pinned p;
  const bool same = co_await std::move(p);
  co_return same;
}

int main() {
  CHECK(run(caller()) == 1);
  CHECK(token::alive == 0);
}
