// A join_set of a task whose output is of another type.
// MODE: plain
// EXPECT: EDO-E0018: join_set<T>::spawn takes a future or a callable whose output is T
#include <edo/edo.hpp>

edo::async<long> answer() { co_return 42; }

void caller(edo::join_set<int>& set, edo::join_set<long>& longs) {
#ifdef EDO_GOOD
  static_cast<void>(set);
  longs.spawn(answer());
#else
  static_cast<void>(longs);
  set.spawn(answer());
#endif
}
