#include "task/terminate.hpp"

#include "edo/base/atomic.hpp"

#include "task/scheduler.hpp"
#include "task/thread_state.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace edo::inline v0::detail {
namespace {

constinit atomic<std::terminate_handler> before{nullptr};

[[noreturn]] void report_and_terminate() {
  thread_state& thread = this_thread_state();
  if (thread.task != nullptr) {
    const task_meta meta = meta_of(*thread.task);
    std::fprintf(stderr, "edo: std::terminate inside task %llu%s%.*s [spawned at %s:%u]\n",
                 static_cast<unsigned long long>(meta.id.value()), meta.name.empty() ? "" : ", ",
                 static_cast<int>(meta.name.size()), meta.name.data(), meta.spawned.file_name(),
                 static_cast<unsigned>(meta.spawned.line()));
    thread.task = nullptr;  // once
  }
  // acquire: pairs with the release in install_terminate_report().
  if (const std::terminate_handler next = before.load(memory_order_acquire)) next();
  std::abort();
}

}  // namespace

void install_terminate_report() noexcept {
  static const bool installed = [] {
    // release: pairs with the acquire in report_and_terminate().
    before.store(std::get_terminate(), memory_order_release);
    std::set_terminate(&report_and_terminate);
    return true;
  }();
  static_cast<void>(installed);
}

}  // namespace edo::inline v0::detail
