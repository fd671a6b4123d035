// Bytes are read into memory that can be written.
// MODE: plain
// EXPECT: read
#include <edo/edo.hpp>
#include <string>

edo::async<bool> caller(edo::tcp_stream stream) {
#ifdef EDO_GOOD
  std::string buffer(16, ' ');
#else
  const std::string buffer(16, ' ');
#endif
  auto got = co_await stream.read(buffer);
  co_return got.has_value();
}
