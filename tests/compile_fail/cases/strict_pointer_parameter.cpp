// A coroutine borrows through a pointer.
// MODE: strict
// EXPECT: EDO-E0004: this coroutine has a reference or pointer parameter
#include <edo/edo.hpp>
#include <memory>

#ifdef EDO_GOOD
edo::async<void> count(std::shared_ptr<int> hits) {
#else
edo::async<void> count(int* hits) {
#endif
  ++*hits;
  co_return;
}
