// A function that is no coroutine hands on the future of one that borrows its local variable.
// MODE: strict
// COMPILER: clang
// EXPECT: neither a coroutine nor a coroutine wrapper
#include <edo/edo.hpp>
#include <string>
#include <utility>

struct name {
  std::string text;
  edo::async<std::size_t> length() const { co_return text.size(); }
};

edo::async<std::size_t> length_of(std::string text) {  // HERE
  const name local{std::move(text)};
#ifdef EDO_GOOD
  co_return co_await local.length();
#else
  return local.length();
#endif
}
