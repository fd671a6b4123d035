// IDIOM: a closure's type is told from other classes by how the compiler prints it
#include "support.hpp"

#include <string_view>

template <class C>
constexpr bool is_closure() {
  const std::string_view name = __PRETTY_FUNCTION__;
  return name.find("<lambda(") != name.npos || name.find("(lambda at ") != name.npos;
}

struct plain {};
template <class F>
constexpr bool of(const F&) {
  return is_closure<F>();
}

int main() {
  int n = 0;
  CHECK(of([] {}));
  CHECK(of([n]() mutable { ++n; }));
  CHECK(of([&n](auto x) { n = x; }));
  CHECK(!of(plain()));
  CHECK(!of(1));
}
