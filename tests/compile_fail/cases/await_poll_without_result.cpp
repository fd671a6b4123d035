// A hand-written future whose poll gives something else than edo::poll_result.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future: .* returns edo::poll_result<T>
#include <edo/edo.hpp>

struct always {
#ifdef EDO_GOOD
  edo::poll_result<bool> poll(edo::context&) { return true; }
#else
  bool poll(edo::context&) { return true; }
#endif
};

edo::async<bool> caller() { co_return co_await always(); }
