// IDIOM: a frame destroyed before it first runs destroys its parameters' copies, once
#include "support.hpp"

lazy<int> caller(token by_value, token&& moved_in) {
  token local(std::move(moved_in));
  co_await hop{};
  co_return by_value.value + local.value;
}

int main() {
  {
    token mine(1);
    auto coroutine = caller(token(2), std::move(mine));
    CHECK(token::alive == 2);
    CHECK(mine.value == 1);
  }
  CHECK(token::alive == 0);
}
