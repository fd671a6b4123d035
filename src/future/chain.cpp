#include "edo/future/detail/chain.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/error.hpp"

#include "base/stack.hpp"

namespace edo::inline v0::detail {
namespace {

/// One more combinator inside the others, for the time of a poll.
class nesting_scope {
 public:
  explicit nesting_scope(context& cx) noexcept : cx_(cx) { cx_.set_nesting(cx_.nesting() + 1); }
  nesting_scope(const nesting_scope&) = delete;
  nesting_scope& operator=(const nesting_scope&) = delete;
  ~nesting_scope() { cx_.set_nesting(cx_.nesting() - 1); }

 private:
  context& cx_;
};

/// So many levels fit every stack; beyond them each one looks.
constexpr unsigned nesting_unchecked = 4;
/// What a level may take with `inline_depth_max` awaits inside each other, and an exception that
/// leaves it. Sanitizers make frames of functions several times as large.
constexpr std::size_t stack_reserve =
    std::size_t{address_sanitizer || thread_sanitizer ? 48U : 24U} * 1024;

void require_room(const std::source_location& where, const context& cx) {
  if (cx.nesting() < context::nesting_max && stack_room() >= stack_reserve) return;
  throw_usage(usage::nested_too_deep, where, where.function_name());
}

}  // namespace

bool chain::run(promise_base& root, context& cx) {
  if (cx.nesting() >= nesting_unchecked) [[unlikely]]
    require_room(root.where_, cx);
  nesting_scope nesting(cx);
  cx_ = &cx;
  depth_ = 0;

  promise_base* frame = &root;
  bool resume = true;
  if (top_ != nullptr) {
    leaf_poll polled = leaf_poll::ready;
    try {
      polled = leaf_->poll(*leaf_, cx);
    } catch (...) {
      error_ = std::current_exception();
    }
    if (polled == leaf_poll::pending) return false;
    resume = polled == leaf_poll::ready;
    frame = top_;
  }

  for (;;) {
    if (resume) frame->handle().resume();
    resume = true;
    if (frame->finished()) {
      if (frame == &root) {
        top_ = nullptr;
        return true;
      }
      promise_base* parent = frame->parent_;
      // The hook may destroy the frame; its parent then either resumes or has left early itself.
      if (frame->finish_ != nullptr) resume = !frame->finish_(*frame);
      frame = parent;
    } else if (leaf_ != nullptr) {
      return false;
    } else {
      frame = top_;
    }
  }
}

void chain::cancel(promise_base& root) noexcept {
  for (promise_base* frame = std::exchange(top_, nullptr); frame != nullptr && frame != &root;) {
    promise_base* parent = frame->parent_;
    *frame->owner_.handle = nullptr;
    frame->handle().destroy();
    frame = parent;
  }
}

void chain::adopt(chain& other) noexcept {
  top_ = std::exchange(other.top_, nullptr);
  leaf_ = other.leaf_;
  for (promise_base* frame = top_; frame != nullptr; frame = frame->parent_) frame->chain_ = this;
}

chain& frames::own_chain(promise_base& root) {
  if (!root.owns_chain_) {
    set_chain(root, *::new (pool_allocate(sizeof(chain))) chain);
    root.owns_chain_ = true;
  }
  return *root.chain_;
}

bool run_own_chain(promise_base& root, context& cx) {
  return frames::own_chain(root).run(root, cx);
}

void destroy_root(promise_base& root) noexcept {
  if constexpr (checked_build) {
    if (!frames::taken(root)) {
      report_lint(usage::never_awaited, frames::place_of(root), nullptr);
    }
  }
  chain* own = frames::owns_chain(root) ? frames::chain_of(root) : nullptr;
  if (own != nullptr) own->cancel(root);
  root.handle().destroy();
  if (own != nullptr) {
    own->~chain();
    pool_free(own, sizeof(chain));
  }
}

void throw_awaited_twice(std::source_location where) { throw_usage(usage::awaited_twice, where); }

void rethrow_at(std::source_location place) {
  try {
    throw;
  } catch (const usage_error& e) {
    if (e.where().line() == 0) throw_usage(e.code(), place);
    throw;
  }
}

}  // namespace edo::inline v0::detail
