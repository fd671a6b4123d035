// The same with a span, and it is not the first parameter.
// MODE: strict
// EXPECT: EDO-E0003: this coroutine has a string_view or span parameter
#include <cstddef>
#include <edo/edo.hpp>
#include <span>
#include <vector>

#ifdef EDO_GOOD
edo::async<std::size_t> sum(std::size_t first, std::vector<std::byte> more) {
#else
edo::async<std::size_t> sum(std::size_t first, std::span<const std::byte> more) {
#endif
  co_return first + more.size();
}
