// IDIOM: G1 an aggregate with a destructor is made by braces inside a co_await expression
// UNSAFE: g++ 12
#include "support.hpp"

struct request {
  token t;
  int n;
};

lazy<int> send(request r) {
  co_await hop{};
  co_return r.t.value + r.n;
}

lazy<int> caller() {
  const int got = co_await send(request{token(7), 1});
  co_return got;
}

int main() {
  CHECK(run(caller()) == 8);
  CHECK(token::alive == 0);
}
