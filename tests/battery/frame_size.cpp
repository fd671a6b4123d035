// IDIOM: the promise's operator new is given the frame's size, and its operator delete gives it
// UNSAFE: clang 19 -O2
// back
#include "support.hpp"

#include <cstddef>

std::size_t asked = 0;
std::size_t given_back = 0;

struct sized {
  struct promise_type {
    static void* operator new(std::size_t size) {
      asked = size;
      return std::malloc(size);
    }
    static void operator delete(void* frame, std::size_t size) {
      given_back = size;
      std::free(frame);
    }
    sized get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
  std::coroutine_handle<promise_type> frame;
};

char* volatile escape;
sized holds(std::size_t n) {
  char buffer[4000];
  escape = buffer;
  buffer[n] = 1;
  co_await std::suspend_always{};
  escape[n] = 2;
}

int main() {
  auto s = holds(3);
  CHECK(asked >= 4000 && asked < 8000);
  s.frame.resume();
  s.frame.destroy();
  CHECK(given_back == asked);
}
