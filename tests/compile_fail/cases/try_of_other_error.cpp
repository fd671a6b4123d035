// try_ over a future whose error is not the coroutine's.
// MODE: plain
// EXPECT: EDO-E0018: try_ takes a future of std::expected<V, E2> whose error converts
#include <edo/edo.hpp>
#include <expected>
#include <string>

edo::async<edo::result<int>> read() { co_return 42; }

#ifdef EDO_GOOD
edo::async<std::expected<int, std::error_code>> caller() {
#else
edo::async<std::expected<int, std::string>> caller() {
#endif
  const int value = co_await edo::try_(read());
  co_return value;
}
