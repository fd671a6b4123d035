#include "edo/runtime/runtime.hpp"

#include "edo/base/error.hpp"
#include "edo/base/lock.hpp"

#include "runtime/state.hpp"

#include <cstdint>
#include <cstdio>

namespace edo::inline v0 {
namespace {

std::int64_t deadline_after(std::int64_t timeout_ns) noexcept {
  std::int64_t deadline = 0;
  if (timeout_ns < 0) timeout_ns = 0;
  if (__builtin_add_overflow(detail::monotonic_now_ns(), timeout_ns, &deadline)) return INT64_MAX;
  return deadline;
}

}  // namespace

runtime& runtime::operator=(runtime&& other) noexcept {
  if (this != &other) {
    shut_down();
    state_ = std::exchange(other.state_, nullptr);
    where_ = other.where_;
  }
  return *this;
}

runtime::~runtime() { shut_down(); }

enter_guard runtime::enter(std::source_location where) const noexcept {
  return enter_guard(*state_, where);
}

runtime_metrics runtime::metrics() const noexcept { return runtime_metrics(*state_); }

// In a forked child there is nothing to end: the threads, and with them the locks that they held,
// are the parent's. What it has of memory is left.
bool runtime::is_here() noexcept {
  if (state_ != nullptr && state_->is_forked()) state_ = nullptr;
  return state_ != nullptr;
}

shutdown_report runtime::shut_down_within(std::int64_t timeout_ns) {
  shutdown_report report;
  if (!is_here()) return report;
  if (state_->is_served_here()) {
    std::move(*this).shutdown_background();
    return report;
  }
  const std::int64_t deadline = deadline_after(timeout_ns);
  detail::runtime_state* state = std::exchange(state_, nullptr);
  report = state->shut_down(deadline);
  state->drop_ref();
  return report;
}

void runtime::shutdown_background() && {
  if (!is_here()) return;
  detail::runtime_state* state = std::exchange(state_, nullptr);
  state->shut_down_in_background();
  state->drop_ref();
}

void runtime::shut_down() noexcept {
  if (!is_here()) return;
  if (state_->is_served_here()) {
    detail::print_usage(usage::runtime_in_own_task, where_, nullptr);
    std::move(*this).shutdown_background();
    return;
  }
  detail::runtime_state* state = std::exchange(state_, nullptr);
  const shutdown_report report =
      state->shut_down(deadline_after(state->options().shutdown_deadline_ns));
  state->drop_ref();
  if (report.is_clean()) return;
  std::fprintf(stderr, "edo: the runtime built at %s:%u was shut down, but not all has ended:\n%s",
               where_.file_name(), static_cast<unsigned>(where_.line()),
               report.to_string().c_str());
}

std::string shutdown_report::to_string() const {
  std::string text;
  for (const running_task& task : still_running) {
    text += task.kind == running_task::kind_type::task ? "  task " : "  blocking job ";
    text += std::to_string(task.id.value());
    if (!task.name.empty()) text += " \"" + task.name + "\"";
    text += ", spawned at ";
    text += task.spawned.file_name();
    text += ":" + std::to_string(task.spawned.line()) + "\n";
  }
  if (threads_left != 0) {
    text += "  " + std::to_string(threads_left) +
            (threads_left == 1 ? " thread goes on by itself\n" : " threads go on by themselves\n");
  }
  return text;
}

}  // namespace edo::inline v0
