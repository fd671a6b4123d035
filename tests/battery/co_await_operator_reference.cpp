// IDIOM: G2b `operator co_await() &&` that returns an rvalue reference
// UNSAFE: g++ 12
#include "support.hpp"

struct pinned {
  pinned* self = this;
  pinned() = default;
  pinned(pinned&& other) noexcept : self(other.self) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  bool await_resume() const noexcept { return self == this; }
};
struct awaitable {
  pinned p;
  pinned&& operator co_await() && noexcept { return std::move(p); }
};

lazy<int> caller() {
  awaitable a;
  const bool same = co_await std::move(a);
  co_return same;
}

int main() { CHECK(run(caller()) == 1); }
