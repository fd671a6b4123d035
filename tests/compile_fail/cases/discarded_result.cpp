// What an operation could not do must not go unnoticed.
// MODE: plain
// EXPECT: ignoring return
#include <edo/edo.hpp>
#include <string>

edo::async<bool> caller(edo::tcp_stream stream, std::string text) {
#ifdef EDO_GOOD
  auto sent = co_await stream.write_all(text);
  co_return sent.has_value();
#else
  co_await stream.write_all(text);
  co_return true;
#endif
}
