// IDIOM: G4b a local with alignas(64) in a coroutine's frame is aligned
// UNSAFE: clang 19, g++ 12
#include "support.hpp"

#include <cstdint>

struct alignas(64) wide {
  char bytes[64] = {};
};

lazy<int> caller() {
  wide w;
  co_await hop{};
  w.bytes[0] = 1;
  const wide* volatile address = &w;
  co_return reinterpret_cast<std::uintptr_t>(address) % 64 == 0;
}

int main() {
  // Two frames of different sizes before it: not aligned by chance.
  for (int i = 0; i < 16; ++i) {
    void* keep = std::malloc(16);
    CHECK(run(caller()) == 1);
    CHECK(keep != nullptr);
  }
}
