// IDIOM: a frame destroyed at its co_await destroys locals, parameters and temporaries once, in
// order
#include "support.hpp"

#include <string>

std::string order;
struct named {
  char name;
  token t;
  explicit named(char n) : name(n) {}
  named(named&& other) noexcept : name(std::exchange(other.name, '-')) {}
  ~named() {
    if (name != '-') order += name;
  }
};

struct holds_argument {
  const named& argument;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  void await_resume() const noexcept {}
};
holds_argument hold(const named& argument) { return {argument}; }

lazy<int> caller(named parameter) {
  named first('1');
  named second('2');
  co_await hold(named('t'));
  co_return parameter.name;
}

int main() {
  {
    auto coroutine = caller(named('p'));
    start(coroutine);
    CHECK(order.empty());
  }
  CHECK(order == "t21p");
  CHECK(token::alive == 0);
}
