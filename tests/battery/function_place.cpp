// IDIOM: a source_location as the promise constructor's default argument names the coroutine
// UNSAFE: g++ 12
#include "support.hpp"

#include <cstring>
#include <source_location>

struct place {
  std::source_location where;
};
std::source_location seen;

struct traced {
  struct promise_type {
    explicit promise_type(place p = place(std::source_location::current())) { seen = p.where; }
    traced get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};

traced the_function(int) { co_return; }

int main() {
  the_function(1);
  CHECK(std::strstr(seen.file_name(), "function_place.cpp") != nullptr);
  CHECK(std::strstr(seen.function_name(), "the_function") != nullptr);
}
