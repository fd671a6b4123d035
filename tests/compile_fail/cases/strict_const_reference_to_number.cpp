// A reference to something that is no class cannot be *this: refused in the first place, too.
// MODE: strict
// EXPECT: EDO-E0004: this coroutine has a reference or pointer parameter
#include <edo/edo.hpp>

#ifdef EDO_GOOD
edo::async<int> twice(int n) { co_return 2 * n; }
#else
edo::async<int> twice(const int& n) { co_return 2 * n; }
#endif
