// A hand-written future whose poll takes no context.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future: .* poll\(edo::context&\)
#include <edo/edo.hpp>

struct always {
#ifdef EDO_GOOD
  edo::poll_result<bool> poll(edo::context&) { return true; }
#else
  edo::poll_result<bool> poll() { return true; }
#endif
};

edo::async<bool> caller() { co_return co_await always(); }
