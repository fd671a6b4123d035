// A job's output is an object, too.
// MODE: plain
// EXPECT: EDO-E0018: a task's output is an object or void
#include <edo/edo.hpp>

int number = 0;

void caller() {
#ifdef EDO_GOOD
  edo::spawn_blocking([] { return &number; });
#else
  edo::spawn_blocking([]() -> int& { return number; });
#endif
}
