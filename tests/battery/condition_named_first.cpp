// IDIOM: G2's cure: the awaited value has a name, and the condition asks that
#include "support.hpp"

lazy<int> answer() {
  co_await hop{};
  co_return 1;
}

lazy<int> caller() {
  const int value = co_await answer();
  if (value) co_return 5;
  co_return 6;
}

int main() {
  for (int i = 0; i < 20; ++i) CHECK(run(caller()) == 5);
}
