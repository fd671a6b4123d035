// IDIOM: the cure: a thread-local is read through an accessor that is never inlined
#include "support.hpp"

#include <thread>

thread_local int storage = 0;
[[gnu::noinline]] int& here() {
  asm volatile("");
  return storage;
}

lazy<int> caller() {
  here() = 1;
  co_await hop{};
  here() += 10;  // on the other thread
  co_return here();
}

int main() {
  auto coroutine = caller();
  start(coroutine);
  int other = 0;
  std::thread([&] {
    here() = 100;
    std::exchange(parked, nullptr).resume();
    other = here();
  }).join();
  CHECK(coroutine.frame().promise().value == 110);
  CHECK(other == 110 && here() == 1);
}
