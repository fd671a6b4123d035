// A task's output outlives what a reference would name.
// MODE: plain
// EXPECT: EDO-E0018: a task's output is an object or void
#include <edo/edo.hpp>

int number = 0;

#ifdef EDO_GOOD
edo::async<int*> find() { co_return &number; }
#else
edo::async<int&> find() { co_return number; }
#endif

void caller() { edo::spawn(find()); }
