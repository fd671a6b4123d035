// The errors of try_join convert to the first one's.
// MODE: plain
// EXPECT: EDO-E0018: the errors of try_join convert to that of its first future
#include <edo/edo.hpp>
#include <expected>
#include <string>

edo::async<edo::result<int>> read() { co_return 42; }
#ifdef EDO_GOOD
edo::async<std::expected<int, std::error_code>> parse() { co_return 42; }
#else
edo::async<std::expected<int, std::string>> parse() { co_return 42; }
#endif

edo::async<bool> caller() {
  auto both = co_await edo::try_join(read(), parse());
  co_return both.has_value();
}
