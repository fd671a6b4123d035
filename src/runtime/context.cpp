#include "runtime/context.hpp"

#include "edo/base/error.hpp"
#include "edo/runtime/detail/launch.hpp"
#include "edo/runtime/yield_now.hpp"

#include "runtime/state.hpp"

namespace edo::inline v0::detail {

context_scope::context_scope(runtime_state& runtime, thread_region region) noexcept
    : thread_(this_thread_state()),
      runtime_(runtime),
      region_(region),
      outer_runtime_(thread_.runtime),
      outer_region_(thread_.region),
      outer_(thread_.scope) {
  thread_.runtime = &runtime;
  thread_.region = region;
  thread_.scope = this;
}

context_scope::~context_scope() {
  thread_.scope = outer_;
  thread_.region = outer_region_;
  thread_.runtime = outer_runtime_;
}

bool context_scope::serves(const runtime_state& runtime) noexcept {
  for (const context_scope* s = this_thread_state().scope; s != nullptr; s = s->outer_) {
    if (&s->runtime_ == &runtime && s->region_ != thread_region::outside) return true;
  }
  return false;
}

runtime_state* context_scope::innermost() noexcept {
  const context_scope* scope = this_thread_state().scope;
  return scope != nullptr ? &scope->runtime_ : nullptr;
}

runtime_state* current_runtime() noexcept { return this_thread_state().runtime; }

runtime_state& runtime_for(std::source_location where, const char* what) {
  runtime_state* runtime = current_runtime();
  if (runtime == nullptr) throw_usage(usage::no_runtime, where, what);
  return same_process(*runtime, where);
}

runtime_state& same_process(runtime_state& runtime, std::source_location where) {
  if (runtime.is_forked()) [[unlikely]]
    throw_usage(usage::after_fork, where, nullptr);
  return runtime;
}

std::shared_ptr<driver>& current_driver(std::source_location where) {
  return runtime_for(where, nullptr).io();
}

void note_yield() noexcept { this_thread_state().yielded = true; }

}  // namespace edo::inline v0::detail
