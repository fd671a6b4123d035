// IDIOM: an exception passes a co_await once; temporaries of that expression die once; catch goes
// on
#include "support.hpp"

lazy<int> fails(token t) {
  co_await hop{};
  if (t.value > 0) throw t.value;
  co_return 0;
}

lazy<int> caller() {
  int caught = 0;
  for (int i = 1; i <= 3; ++i) {
    try {
      const token local(i);
      const int got = co_await fails(token(i));
      caught = -got - 100;
    } catch (int value) {
      caught += value;
    }
    co_await hop{};
  }
  co_return caught;
}

int main() {
  CHECK(run(caller()) == 6);
  CHECK(token::alive == 0);
}
