#include "edo/runtime/builder.hpp"

#include "edo/base/error.hpp"

#include "runtime/processors.hpp"
#include "runtime/state.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace edo::inline v0 {
namespace {

// Small enough for a thousand threads, large enough for a poll under a sanitizer; more than
// PTHREAD_STACK_MIN everywhere.
constexpr std::size_t stack_size_min = std::size_t{64} * 1024;

constexpr const char* workers_variable = "EDO_WORKER_THREADS";

void require(bool holds, std::source_location where, const char* subject) {
  if (!holds) detail::throw_usage(usage::bad_option, where, subject);
}

std::size_t default_workers(std::source_location where) {
  const char* text = std::getenv(workers_variable);  // NOLINT(concurrency-mt-unsafe): read only
  if (text == nullptr || *text == '\0') return detail::available_processors();
  const std::optional<std::size_t> count = detail::parse_worker_count(text);
  if (!count) {
    const std::string subject = std::string("the environment variable ") + workers_variable +
                                " is \"" + text + "\", not a number from 1 to " +
                                std::to_string(detail::workers_max);
    detail::throw_usage(usage::bad_option, where, subject.c_str());
  }
  return *count;
}

}  // namespace

runtime_builder runtime_builder::multi_thread() { return {}; }

runtime_builder runtime_builder::current_thread() {
  runtime_builder b;
  b.options_.flavour = detail::runtime_flavour::current_thread;
  return b;
}

runtime_builder& runtime_builder::worker_threads(std::size_t count, std::source_location where) {
  require(count >= 1 && count <= detail::workers_max, where,
          "worker_threads: a number from 1 to 32768");
  options_.workers = count;
  return *this;
}

runtime_builder& runtime_builder::max_blocking_threads(std::size_t count,
                                                       std::source_location where) {
  require(count >= 1, where, "max_blocking_threads: at least 1");
  options_.blocking_threads_max = count;
  return *this;
}

runtime_builder& runtime_builder::thread_name(std::string name) {
  options_.thread_name = std::move(name);
  return *this;
}

runtime_builder& runtime_builder::thread_stack_size(std::size_t bytes, std::source_location where) {
  require(bytes >= stack_size_min, where, "thread_stack_size: at least 64 KiB");
  options_.stack_size = bytes;
  return *this;
}

runtime_builder& runtime_builder::event_interval(unsigned polls, std::source_location where) {
  require(polls >= 1, where, "event_interval: at least 1");
  options_.event_interval = polls;
  return *this;
}

runtime_builder& runtime_builder::blocking_queue_max(std::size_t jobs, std::source_location where) {
  require(jobs >= 1, where, "blocking_queue_max: at least 1");
  options_.blocking_queue_max = jobs;
  return *this;
}

runtime_builder& runtime_builder::global_queue_interval(unsigned polls,
                                                        std::source_location where) {
  require(polls >= 1, where, "global_queue_interval: at least 1");
  options_.global_queue_interval = polls;
  return *this;
}

runtime_builder& runtime_builder::rng_seed(std::uint64_t seed) noexcept {
  options_.rng_seed = seed;
  return *this;
}

runtime_builder& runtime_builder::name(std::string name) {
  options_.name = std::move(name);
  return *this;
}

runtime_builder& runtime_builder::on_thread_start(hook<void()> fn) {
  options_.hooks.thread_start = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_thread_stop(hook<void()> fn) {
  options_.hooks.thread_stop = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_thread_park(hook<void()> fn) {
  options_.hooks.thread_park = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_thread_unpark(hook<void()> fn) {
  options_.hooks.thread_unpark = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_task_spawn(hook<void(const task_meta&)> fn) {
  options_.hooks.task_spawn = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_before_poll(hook<void(const task_meta&)> fn) {
  options_.hooks.before_poll = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_after_poll(hook<void(const task_meta&)> fn) {
  options_.hooks.after_poll = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_task_terminate(hook<void(const task_meta&)> fn) {
  options_.hooks.task_terminate = std::move(fn);
  return *this;
}

runtime_builder& runtime_builder::on_unhandled_exception(unhandled_policy policy) noexcept {
  options_.hooks.policy = policy;
  return *this;
}

runtime_builder& runtime_builder::on_unhandled_exception(
    hook<void(const unhandled_exception&)> fn) {
  options_.hooks.unhandled = std::move(fn);
  return *this;
}

result<runtime> runtime_builder::build(std::source_location where) const {
  detail::runtime_options options = options_;
  const bool has_workers = options.flavour == detail::runtime_flavour::multi_thread;
  if (!has_workers) {
    options.workers = 1;
  } else if (options.workers == 0) {
    options.workers = default_workers(where);
  }
  auto state = detail::runtime_state::make(options);
  if (!state) return std::unexpected(state.error());
  (*state)->add_ref();  // the runtime's
  return runtime(**state, where);
}

result<local_runtime> runtime_builder::build_local(std::source_location where) const {
  runtime_builder here = *this;
  here.options_.flavour = detail::runtime_flavour::current_thread;
  result<runtime> made = here.build(where);
  if (!made) return std::unexpected(made.error());
  std::unique_ptr<local_set> set;
  {
    const enter_guard context = made->enter(where);  // whose hooks the set's tasks have
    set = std::make_unique<local_set>(where);
  }
  return local_runtime(*std::move(made), std::move(set));
}

}  // namespace edo::inline v0
