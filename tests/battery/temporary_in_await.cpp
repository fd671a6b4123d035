// IDIOM: a temporary made by a constructor call is an argument inside a co_await expression
#include "support.hpp"

lazy<int> take(token t) {
  co_await hop{};
  co_return t.value;
}
lazy<int> look(const token& t) {
  co_await hop{};
  co_return t.value;
}

lazy<int> caller() {
  const int by_value = co_await take(token(7));
  const int by_reference = co_await look(token(8));
  co_return by_value + by_reference;
}

int main() {
  CHECK(run(caller()) == 15);
  CHECK(token::alive == 0);
}
