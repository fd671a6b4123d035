#include "edo/base/error.hpp"

#include "edo/base/atomic.hpp"

#include <cstdio>
#include <iterator>
#include <new>

namespace edo::inline v0 {
namespace {

class category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "edo"; }

  [[nodiscard]] std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
      case errc::elapsed:
        return "the deadline has elapsed";
      case errc::runtime_shutdown:
        return "the runtime has been shut down";
      case errc::cancelled:
        return "the task was cancelled";
      case errc::closed:
        return "the other side is closed";
      case errc::invalid_address:
        return "not a socket address";
    }
    return "unknown edo error " + std::to_string(value);
  }

  [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<errc>(value)) {
      case errc::elapsed:
        return std::errc::timed_out;
      case errc::cancelled:
        return std::errc::operation_canceled;
      case errc::closed:
        return std::errc::broken_pipe;
      case errc::invalid_address:
        return std::errc::invalid_argument;
      case errc::runtime_shutdown:
        break;
    }
    return {value, *this};
  }
};

// What is wrong, and the cure. docs/errors.md has a section for each.
struct usage_entry {
  usage code;
  const char* problem;
  const char* cure;
};

constexpr usage_entry usage_entries[] = {
    {usage{}, "unknown misuse", "please report it"},
    {usage::closure_not_owned,
     "this lambda coroutine captures, and its captures die with the lambda",
     "spawn the closure itself, edo::spawn(closure, args...), or wrap it in edo::async_block"},
    {usage::rvalue_parameter,
     "this coroutine has a T&& parameter, which dies before the coroutine runs",
     "take the parameter by value"},
    {usage::view_parameter,
     "this coroutine has a string_view or span parameter, which a task would outlive",
     "take std::string or std::vector by value"},
    {usage::reference_parameter,
     "this coroutine has a reference or pointer parameter, which a task may outlive",
     "take the parameter by value, or await the coroutine where it is called"},
    {usage::awaited_twice,
     "this future has already finished, was moved from, or is being awaited elsewhere",
     "await each future once; call the function again for another"},
    {usage::moved_after_poll, "this future was moved after its first poll",
     "move futures before they are polled only"},
    {usage::never_awaited, "this future was never awaited, so it never ran",
     "co_await it or spawn it"},
    {usage::nested_too_deep, "combinators are nested too deep",
     "spawn the inner ones as tasks, or await them one after the other"},
    {usage::no_runtime, "there is no runtime on this thread",
     "call this inside runtime::block_on or a task, or hold the guard of runtime::enter()"},
    {usage::blocking_in_task, "a blocking wait inside a task would stop its worker",
     "co_await the future instead, or use edo::spawn_blocking"},
    {usage::own_handle, "a task awaits its own join handle, which can never finish",
     "give the handle to another task"},
    {usage::runtime_in_own_task,
     "a runtime is destroyed inside one of its own tasks; it goes on shutting down in the "
     "background",
     "destroy it outside, or call shutdown_background() on purpose"},
    {usage::bad_option, "a builder option is out of range", "see the option's documentation"},
    {usage::no_block_in_place, "block_in_place cannot give this thread's other tasks away",
     "use edo::spawn_blocking on a current-thread runtime and outside of tasks"},
    {usage::closure_in_await,
     "g++ before 13 destroys a closure that is made inside a co_await expression twice",
     "make the future in a statement of its own: auto f = ...; co_await f;"},
    {usage::guard_order, "enter() guards were destroyed in another order than they were made",
     "keep each guard in a scope of its own"},
    {usage::runtime_gone, "the runtime of this timer or task has been shut down",
     "keep the runtime alive as long as its futures are polled"},
    {usage::not_awaitable, "this is not a future",
     "pass an edo::async<T> or a type with poll(edo::context&)"},
    {usage::no_task_local, "this task-local has no value here",
     "call this inside of its scope(value, future), and give a spawned task a scope of its own"},
    {usage::no_local_set, "there is no local_set on this thread",
     "call this inside local_set::run_until, a task of the set, or local_runtime::block_on"},
    {usage::wrong_thread, "a local_set is used on another thread than its own",
     "drive and destroy it on the thread that made it; tasks of other threads get a handle"},
    {usage::after_fork, "this process was forked, and a runtime's threads stay with the parent",
     "build the runtime after the fork, or call exec in the child"},
};

constexpr int usage_count = static_cast<int>(std::size(usage_entries));

/// Each entry stands at its number, and the last enumerator has one.
consteval bool entries_are_complete() {
  for (int i = 0; i < usage_count; ++i) {
    if (static_cast<int>(usage_entries[i].code) != i) return false;
  }
  return usage_count == static_cast<int>(usage::last) + 1;
}
static_assert(entries_are_complete());

atomic<unsigned long>& counter_of(usage code) noexcept {
  static constinit atomic<unsigned long> counters[usage_count]{};
  const int index = static_cast<int>(code);
  return counters[index > 0 && index < usage_count ? index : 0];
}

const usage_entry& entry_of(usage code) noexcept {
  const int index = static_cast<int>(code);
  return usage_entries[index > 0 && index < usage_count ? index : 0];
}

}  // namespace

const std::error_category& edo_category() noexcept {
  static const category instance;
  return instance;
}

std::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), edo_category()};
}

usage_error::usage_error(usage code, std::source_location where, const char* subject)
    : code_(code), where_(where), text_(detail::usage_text(code, where, subject)) {}

usage_error::~usage_error() = default;

const char* usage_error::what() const noexcept { return text_.c_str(); }

namespace detail {

void throw_usage(usage code, std::source_location where, const char* subject) {
  throw usage_error(code, where, subject);
}

std::string usage_text(usage code, std::source_location where, const char* subject) {
  char number[16];
  std::snprintf(number, sizeof number, "EDO-E%04d", static_cast<int>(code));
  const usage_entry& entry = entry_of(code);
  std::string text = std::string(number) + ": " + entry.problem;
  if (subject != nullptr) text += std::string(" (") + subject + ")";
  text += std::string("; ") + entry.cure;
  if (where.line() == 0) return text;
  text += std::string(" [at ") + where.file_name() + ":" + std::to_string(where.line()) + " in " +
          where.function_name() + "]";
  return text;
}

void print_usage(usage code, std::source_location where, const char* subject) noexcept {
  try {
    std::fprintf(stderr, "edo: %s\n", usage_text(code, where, subject).c_str());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "edo: EDO-E%04d\n", static_cast<int>(code));
  }
}

void report_lint(usage code, std::source_location where, const char* subject) noexcept {
  // relaxed: a counter.
  counter_of(code).fetch_add(1, memory_order_relaxed);
  print_usage(code, where, subject);
}

}  // namespace detail

unsigned long lint_count(usage code) noexcept {
  // relaxed: a counter.
  return counter_of(code).load(memory_order_relaxed);
}

}  // namespace edo::inline v0
