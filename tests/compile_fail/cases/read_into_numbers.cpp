// A buffer is made of bytes.
// MODE: plain
// EXPECT: read
#include <edo/edo.hpp>

edo::async<bool> caller(edo::tcp_stream stream) {
#ifdef EDO_GOOD
  char buffer[16];
#else
  int buffer[16];
#endif
  auto got = co_await stream.read(buffer);
  co_return got.has_value();
}
