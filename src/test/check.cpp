#include "edo/test/check.hpp"

namespace edo::inline v0::test {

check_failed::check_failed(std::string_view message, std::source_location where)
    : text_(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": " +
            std::string(message)),
      where_(where) {}

check_failed::~check_failed() = default;

const char* check_failed::what() const noexcept { return text_.c_str(); }

void detail::fail(std::string_view message, std::source_location where) {
  throw check_failed(message, where);
}

}  // namespace edo::inline v0::test
