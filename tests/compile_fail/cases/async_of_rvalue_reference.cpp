// A coroutine gives an object, an lvalue reference or nothing.
// MODE: plain
// EXPECT: EDO-E0018: a coroutine gives
#include <edo/edo.hpp>
#include <string>

#ifdef EDO_GOOD
edo::async<std::string> name() { co_return "Ada"; }
#else
edo::async<std::string&&> name() { co_return "Ada"; }
#endif

edo::async<std::size_t> caller() {
  const std::string text = co_await name();
  co_return text.size();
}
