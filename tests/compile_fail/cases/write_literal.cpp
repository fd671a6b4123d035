// The zero at the end of a literal is not meant to be sent.
// MODE: plain
// EXPECT: write_all
#include <edo/edo.hpp>
#include <string_view>

edo::async<bool> caller(edo::tcp_stream stream) {
#ifdef EDO_GOOD
  auto sent = co_await stream.write_all(std::string_view("hello"));
#else
  auto sent = co_await stream.write_all("hello");
#endif
  co_return sent.has_value();
}
