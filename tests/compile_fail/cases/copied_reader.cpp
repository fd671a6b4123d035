// An owned half of a connection has one owner.
// MODE: plain
// EXPECT: deleted
#include <edo/edo.hpp>
#include <utility>

edo::async<void> serve(edo::tcp_owned_read_half reader) {
  (void)reader;
  co_return;
}

edo::async<void> caller(edo::tcp_owned_read_half reader) {
#ifdef EDO_GOOD
  edo::spawn(serve(std::move(reader)));
#else
  edo::spawn(serve(reader));
#endif
  co_return;
}
