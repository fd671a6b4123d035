// The same in a member function, whose first parameter is *this.
// MODE: strict
// EXPECT: EDO-E0002: this coroutine has a T&& parameter
#include <edo/edo.hpp>
#include <string>

struct log {
#ifdef EDO_GOOD
  edo::async<std::size_t> add(std::string text) { co_return text.size(); }
#else
  edo::async<std::size_t> add(std::string&& text) { co_return text.size(); }
#endif
};
