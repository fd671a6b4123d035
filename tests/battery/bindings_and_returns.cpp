// IDIOM: structured bindings of an await, two awaits in one call, co_return of an await and of
// braces
#include "support.hpp"

struct pair {
  token first;
  token second;
};

lazy<token> one(int n) {
  co_await hop{};
  co_return token(n);
}
lazy<pair> two(int a, int b) {
  auto first = co_await one(a);
  auto second = co_await one(b);
  co_return pair{std::move(first), std::move(second)};
}
lazy<int> number(int n) {
  co_await hop{};
  co_return n;
}
lazy<int> forwarded(int n) { co_return co_await number(n); }
int add(int a, int b) { return a * 10 + b; }

lazy<int> caller() {
  auto [a, b] = co_await two(1, 2);
  const int both = add(co_await number(3), co_await number(4));
  const int last = co_await forwarded(5);
  co_return a.value * 10000 + b.value * 1000 + both * 10 + last;
}

int main() {
  CHECK(run(caller()) == 12345);
  CHECK(token::alive == 0);
}
