// IDIOM: await_suspend that returns void, bool or a handle; ready at once; a free operator co_await
#include "support.hpp"

struct ready_at_once {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept { std::abort(); }
  int await_resume() const noexcept { return 1; }
};
struct changes_its_mind {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
  int await_resume() const noexcept { return 2; }
};
struct stays {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) const noexcept {
    parked = h;
    return true;
  }
  int await_resume() const noexcept { return 4; }
};
struct back_to_itself {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) const noexcept { return h; }
  int await_resume() const noexcept { return 8; }
};
struct foreign {};
hop operator co_await(foreign) noexcept { return hop{16}; }

lazy<int> caller() {
  int sum = co_await ready_at_once{};
  sum += co_await changes_its_mind{};
  sum += co_await stays{};
  sum += co_await back_to_itself{};
  sum += co_await foreign{};
  const int void_result = (co_await std::suspend_never{}, 32);
  co_return sum + void_result;
}

int main() { CHECK(run(caller()) == 63); }
