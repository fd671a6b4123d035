// IDIOM: a range-for over a temporary, with an await in its body, keeps the range alive
#include "support.hpp"

#include <vector>

std::vector<token> make() {
  std::vector<token> tokens;
  for (int i = 1; i <= 3; ++i) tokens.emplace_back(i);
  return tokens;
}

lazy<int> caller() {
  int sum = 0;
  for (const token& t : make()) {
    sum += co_await hop{t.value};
  }
  co_return sum;
}

int main() {
  CHECK(run(caller()) == 6);
  CHECK(token::alive == 0);
}
