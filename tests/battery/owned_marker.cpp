// IDIOM: a friend that a template defines marks a type, and a later question finds the mark
#include "support.hpp"

#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wnon-template-friend"

template <class C>
struct tag {
  friend auto owned(tag<C>);
};
template <class C>
struct own {
  friend auto owned(tag<C>) { return true; }
  static constexpr bool value = true;
};
template <class C>
constexpr bool is_owned() {
  return requires { owned(tag<C>{}); };
}

struct kept {};
struct left {};
static_assert(own<kept>::value);

int main() {
  CHECK(is_owned<kept>());
  CHECK(!is_owned<left>());
}
