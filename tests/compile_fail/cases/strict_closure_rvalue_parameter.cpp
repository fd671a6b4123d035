// A lambda that captures nothing may be called, but its parameters count.
// MODE: strict
// EXPECT: EDO-E0002: this coroutine has a T&& parameter
#include <edo/edo.hpp>
#include <string>

edo::async<std::size_t> caller() {
#ifdef EDO_GOOD
  auto length = [](std::string text) -> edo::async<std::size_t> { co_return text.size(); };
#else
  auto length = [](std::string&& text) -> edo::async<std::size_t> { co_return text.size(); };
#endif
  co_return co_await length("a temporary");
}
