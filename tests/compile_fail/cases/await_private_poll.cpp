// A hand-written future whose poll is private.
// MODE: plain
// EXPECT: EDO-E0018: co_await of a type that is not a future
#include <edo/edo.hpp>

#ifdef EDO_GOOD
struct always {
#else
class always {
#endif
  edo::poll_result<bool> poll(edo::context&) { return true; }
};

edo::async<bool> caller() { co_return co_await always(); }
