// The future of a member function is kept longer than the object.
// MODE: strict
// COMPILER: clang
// EXPECT: temporary whose address is used as value of local variable 'counted' will be destroyed
#include <edo/edo.hpp>
#include <string>

struct name {
  std::string text;
  edo::async<std::size_t> length() const { co_return text.size(); }
};

edo::async<std::size_t> caller() {
#ifdef EDO_GOOD
  const name ada{"Ada"};
  auto counted = ada.length();
#else
  auto counted = name{"Ada"}.length();
#endif
  co_return co_await counted;
}
