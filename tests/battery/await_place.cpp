// IDIOM: a source_location as await_transform's default argument is the place of the co_await
#include "support.hpp"

#include <cstring>
#include <source_location>

struct traced {
  struct promise_type {
    std::source_location where;
    explicit promise_type() = default;
    traced get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
    struct place {
      std::source_location where;
      bool await_ready() const noexcept { return true; }
      void await_suspend(std::coroutine_handle<>) const noexcept {}
      std::source_location await_resume() const noexcept { return where; }
    };
    place await_transform(int, std::source_location w = std::source_location::current()) {
      return {w};
    }
  };
};

std::source_location first, second;
traced the_function() {
  first = co_await 1;
  const int line = __LINE__;
  second = co_await 2;
  CHECK(first.line() == line - 1);
  CHECK(second.line() == line + 1);
}

int main() {
  the_function();
  CHECK(std::strstr(first.file_name(), "await_place.cpp") != nullptr);
}
