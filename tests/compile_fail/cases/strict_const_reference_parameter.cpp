// A coroutine borrows an argument. (A reference to a class in the first place may be *this.)
// MODE: strict
// EXPECT: EDO-E0004: this coroutine has a reference or pointer parameter
#include <edo/edo.hpp>
#include <string>

#ifdef EDO_GOOD
edo::async<std::size_t> log(int level, std::string text) {
#else
edo::async<std::size_t> log(int level, const std::string& text) {
#endif
  co_return level > 0 ? text.size() : 0;
}
