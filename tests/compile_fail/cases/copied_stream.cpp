// A connection is moved into the task that serves it.
// MODE: plain
// EXPECT: deleted
#include <edo/edo.hpp>
#include <utility>

edo::async<void> serve(edo::tcp_stream stream) {
  (void)stream;
  co_return;
}

edo::async<void> caller(edo::tcp_stream stream) {
#ifdef EDO_GOOD
  edo::spawn(serve(std::move(stream)));
#else
  edo::spawn(serve(stream));
#endif
  co_return;
}
