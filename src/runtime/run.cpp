#include "edo/runtime/run.hpp"

#include "edo/runtime/builder.hpp"

#include <cstdio>

namespace edo::inline v0::detail {

std::optional<runtime> default_runtime(std::source_location where) noexcept {
  try {
    result<runtime> built = runtime_builder::multi_thread().build(where);
    if (built) return *std::move(built);
    std::fprintf(stderr, "edo: error: the runtime could not be built: %s\n",
                 built.error().message().c_str());
  } catch (...) {
    print_run_error(std::current_exception());
  }
  return std::nullopt;
}

void print_run_error(std::exception_ptr error) noexcept {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "edo: error: %s\n", e.what());
  } catch (...) {
    std::fprintf(stderr, "edo: error: an exception of unknown type\n");
  }
}

void print_run_error(const std::error_code& error) noexcept {
  std::fprintf(stderr, "edo: error: %s\n", error.message().c_str());
}

}  // namespace edo::inline v0::detail
