/// edo's demo: an HTTP server that shows what awaiting, joining, blocking and freezing do.
/// docs/demo.md is its guide; `./dev demo` builds and runs it.
#include "options.hpp"
#include "print.hpp"
#include "server.hpp"

#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <exception>
#include <expected>
#include <string>
#include <utility>

namespace {

constexpr std::chrono::seconds shutdown_timeout{1};

edo::result<edo::runtime> make_runtime(const demo::options& opts) {
  if (!opts.multi_thread) return edo::runtime_builder::current_thread().build();
  return edo::runtime_builder::multi_thread()
      .worker_threads(opts.workers)
      .thread_name("demo")
      .build();
}

int run(const demo::options& opts) {
  edo::result<edo::runtime> runtime = make_runtime(opts);
  if (!runtime) {
    demo::print_error("cannot start a runtime: " + runtime.error().message());
    return 1;
  }
  const int code = runtime->block_on(demo::serve(opts));
  const edo::shutdown_report left = (*std::move(runtime)).shutdown_timeout(shutdown_timeout);
  if (!left.is_clean()) demo::print_error("still running at the end:\n" + left.to_string());
  return code;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::expected<demo::options, std::string> opts =
        demo::parse_options(count - 1, arguments + 1);
    if (!opts) {
      demo::print_error(opts.error() + " (--help)");
      return 2;
    }
    if (opts->help) {
      std::fputs(demo::usage().c_str(), stdout);
      return 0;
    }
    return run(*opts);
  } catch (const std::exception& error) {
    demo::print_error(error.what());
    return 1;
  }
}
