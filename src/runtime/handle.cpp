#include "edo/runtime/handle.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/error.hpp"

#include "runtime/context.hpp"
#include "runtime/state.hpp"

namespace edo::inline v0 {

handle::handle(detail::runtime_state& state) noexcept : state_(&state) { state_->add_ref(); }
handle::handle(const handle& other) noexcept : state_(other.state_) { state_->add_ref(); }
handle& handle::operator=(const handle& other) noexcept {
  other.state_->add_ref();
  std::exchange(state_, other.state_)->drop_ref();
  return *this;
}
handle::~handle() { state_->drop_ref(); }

handle handle::current(std::source_location where) {
  return handle(detail::runtime_for(where, "edo::handle::current"));
}

std::optional<handle> handle::try_current() noexcept {
  detail::runtime_state* state = detail::current_runtime();
  if (state == nullptr) return std::nullopt;
  return handle(*state);
}

enter_guard handle::enter(std::source_location where) const noexcept {
  return enter_guard(*state_, where);
}

runtime_metrics handle::metrics() const noexcept { return runtime_metrics(*state_); }

std::string_view handle::name() const noexcept { return state_->options().name; }

enter_guard::enter_guard(detail::runtime_state& runtime, std::source_location where) noexcept
    : runtime_(&runtime), where_(where) {
  runtime.add_ref();
  detail::thread_state& thread = detail::this_thread_state();
  before_ = std::exchange(thread.runtime, runtime_);
  outer_ = std::exchange(thread.guard, this);
}

enter_guard::~enter_guard() {
  detail::thread_state& thread = detail::this_thread_state();
  if (thread.guard == this) {
    thread.guard = outer_;
    thread.runtime = before_;
  } else {
    detail::print_usage(usage::guard_order, where_, nullptr);
    // Takes this guard out from under the others: the next one further in goes back to what was
    // there before this one.
    enter_guard* inner = thread.guard;
    while (inner != nullptr && inner->outer_ != this) inner = inner->outer_;
    EDO_ASSERT(inner != nullptr);  // destroyed on another thread than it was made on
    inner->outer_ = outer_;
    inner->before_ = before_;
  }
  runtime_->drop_ref();
}

}  // namespace edo::inline v0
