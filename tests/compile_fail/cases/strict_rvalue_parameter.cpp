// A coroutine keeps a reference to a temporary of its caller.
// MODE: strict
// EXPECT: EDO-E0002: this coroutine has a T&& parameter
#include <edo/edo.hpp>
#include <string>

#ifdef EDO_GOOD
edo::async<std::size_t> length(std::string text) { co_return text.size(); }
#else
edo::async<std::size_t> length(std::string&& text) { co_return text.size(); }
#endif

edo::async<std::size_t> caller() { co_return co_await length("a temporary"); }
