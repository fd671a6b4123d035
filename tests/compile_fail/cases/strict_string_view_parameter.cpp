// A coroutine keeps a view of somebody else's text.
// MODE: strict
// EXPECT: EDO-E0003: this coroutine has a string_view or span parameter
#include <edo/edo.hpp>
#include <string>
#include <string_view>

#ifdef EDO_GOOD
edo::async<std::size_t> length(std::string text) { co_return text.size(); }
#else
edo::async<std::size_t> length(std::string_view text) { co_return text.size(); }
#endif
