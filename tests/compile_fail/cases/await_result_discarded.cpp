// The error of an operation is dropped unseen.
// MODE: plain
// COMPILER: clang
// EXPECT: ignoring return value
#include <edo/edo.hpp>
#include <string_view>

edo::async<void> caller(edo::tcp_stream& stream, std::string_view text) {
#ifdef EDO_GOOD
  const edo::result<void> sent = co_await stream.write_all(text);
  if (!sent) co_return;
#else
  co_await stream.write_all(text);
#endif
}
