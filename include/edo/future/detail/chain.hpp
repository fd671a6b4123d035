/// The chain: a tower of coroutine frames that await each other, polled from its innermost end.
///
/// One chain stands behind each coroutine that is polled as a future (a task's, a combinator's
/// child, the argument of `block_on`). Its frames link upwards: `parent` of a frame is the frame
/// that awaits it, up to the root. Only the innermost frame can be suspended at a *leaf*, a plain
/// future; the chain remembers that leaf and that frame, so that a wake polls the leaf at once,
/// whatever the depth.
///
/// How a chain is polled (`run`):
///
///     never polled          -> resume the root
///     suspended at a leaf   -> poll the leaf; pending: return; ready: resume `top`
///     a frame finished      -> climb: resume its parent, or return if it is the root
///     a frame left early    -> (through `try_`) its parent may leave early too: climb on
///     a child was deferred  -> resume that child
///
/// A child is run as a plain call inside its parent's `await_ready`, so that one which completes at
/// once never suspends its parent. After `inline_depth_max` calls inside each other the next child
/// is deferred to the loop instead: the native stack stays bounded at any depth of awaiting.
/// `final_suspend` only suspends. There is no symmetric transfer: g++ 12 does not make it a tail
/// call at -O0, at -O1 and under sanitizers, and overflows the stack.
///
/// Cancelling (`cancel`) is a loop as well: from `top` outwards it takes each frame away from the
/// handle that owns it and destroys it, so locals die innermost first, without recursion.
///
/// Who may touch what: everything here belongs to the thread that polls or destroys the chain; a
/// task makes sure that this is one thread at a time and orders one after the other.
#pragma once

#include "edo/base/pool.hpp"
#include "edo/base/usage.hpp"
#include "edo/future/context.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <source_location>
#include <utility>

namespace edo::inline v0::detail {

class chain;
class promise_base;
struct frames;
struct borrow_info;

/// What polling a leaf brought.
enum class leaf_poll : unsigned char {
  pending,
  ready,  ///< The awaiting frame can resume.
  left,   ///< The awaiting frame has finished early (`try_` over an error).
};

/// A plain future at which a chain is suspended.
struct leaf {
  leaf_poll (*poll)(leaf& self, context& cx);
};

/// How many children run inside each other as plain calls before the loop takes over.
inline constexpr unsigned inline_depth_max = 16;

/// The part of a promise that does not depend on its result.
class promise_base {
 public:
  enum class outcome : unsigned char { none, value, error };

  promise_base(const promise_base&) = delete;
  promise_base& operator=(const promise_base&) = delete;

  std::suspend_always initial_suspend() const noexcept { return {}; }
  std::suspend_always final_suspend() const noexcept { return {}; }

  static void* operator new(std::size_t size) { return pool_allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { pool_free(frame, size); }

  [[nodiscard]] std::coroutine_handle<> handle() noexcept {
    return std::coroutine_handle<promise_base>::from_promise(*this);
  }

  /// The coroutine has an outcome: it returned, threw, or left early.
  [[nodiscard]] bool finished() noexcept { return handle().done() || left_; }
  /// It left early: suspended in the middle, its locals still alive, its outcome set.
  [[nodiscard]] bool left() const noexcept { return left_; }
  [[nodiscard]] bool started() const noexcept { return chain_ != nullptr; }

 protected:
  explicit promise_base(std::source_location function) noexcept
      : owner_{.borrows = nullptr}, where_(function) {}
  ~promise_base() = default;

  friend class chain;
  friend struct frames;

  chain* chain_ = nullptr;
  promise_base* parent_;  // set with chain_; null for the root
  union {
    const borrow_info* borrows;  // before the start: what the coroutine's parameters borrow
    promise_base** handle;       // a child: the handle that owns this frame
  } owner_;
  // Called when this child has finished, before its parent resumes. True: the parent has thereby
  // finished too (it left early) and is not resumed.
  bool (*finish_)(promise_base& child) noexcept = nullptr;
  // The coroutine itself until its first co_await, then its latest co_await; both name the
  // function.
  std::source_location where_;
  outcome outcome_ = outcome::none;
  bool left_ = false;
  bool owns_chain_ = false;  // a coroutine awaited by reference keeps its chain itself
  bool taken_ = false;       // checked builds: somebody has undertaken to poll it
};
static_assert(sizeof(promise_base) == 48, "each byte here is in every frame");

/// See the head of the file.
class EDO_API chain {
 public:
  chain() noexcept = default;
  chain(const chain&) = delete;
  chain& operator=(const chain&) = delete;

  /// Polls the coroutine of `root`. True: it has finished.
  /// Errors: `usage_error` if combinators are nested deeper than `context::nesting_max`.
  bool run(promise_base& root, context& cx);

  /// Destroys the frames above `root`, innermost first.
  void cancel(promise_base& root) noexcept;

  /// Takes over the frames of `other`, which has been moved. O(depth).
  void adopt(chain& other) noexcept;

  /// The frame that awaits the leaf, where the chain is suspended; null before the first poll.
  [[nodiscard]] promise_base* top() const noexcept { return top_; }

 private:
  friend struct frames;

  promise_base* top_ = nullptr;  // suspended: awaits leaf_; running: a deferred child
  leaf* leaf_ = nullptr;         // suspended: what is polled next
  context* cx_ = nullptr;        // running: the poll's context
  std::exception_ptr error_;     // thrown by the leaf's poll, until the frame takes it
  unsigned depth_ = 0;           // running: children inside each other
};

/// What awaiters may do with a frame; they are templates, the frame is not.
struct frames {
  static context& context_of(promise_base& p) noexcept { return *p.chain_->cx_; }
  static void await_at(promise_base& p, std::source_location where) noexcept { p.where_ = where; }

  /// Makes `child` a child of `parent`, owned by the handle at `owner`.
  static void link(promise_base& child, promise_base& parent, promise_base** owner) noexcept {
    child.chain_ = parent.chain_;
    child.parent_ = &parent;
    child.owner_.handle = owner;
  }
  static void on_finish(promise_base& child, bool (*finish)(promise_base&) noexcept) noexcept {
    child.finish_ = finish;
  }

  /// Runs a linked child inside this call, or defers it. True: it has finished. `MayLeave`: it can
  /// have left early.
  template <bool MayLeave>
  [[gnu::always_inline]] static bool run_inline(promise_base& child) noexcept {
    chain& c = *child.chain_;
    if (c.depth_ == inline_depth_max) [[unlikely]] {
      c.leaf_ = nullptr;
      c.top_ = &child;
      return false;
    }
    ++c.depth_;
    child.handle().resume();
    --c.depth_;
    return MayLeave ? child.finished() : child.handle().done();
  }

  static void suspend_at(promise_base& p, leaf& l) noexcept {
    p.chain_->leaf_ = &l;
    p.chain_->top_ = &p;
  }
  static void rethrow_leaf_error(promise_base& p) {
    if (p.chain_->error_) [[unlikely]]
      rethrow(*p.chain_);
  }

  /// Sets the parent's early end; its outcome has been set.
  static void leave(promise_base& p) noexcept { p.left_ = true; }
  /// Destroys a finished child before its parent resumes.
  static void retire(promise_base& child) noexcept {
    *child.owner_.handle = nullptr;
    child.handle().destroy();
  }
  static promise_base& parent_of(promise_base& child) noexcept { return *child.parent_; }
  static promise_base* parent_or_null(promise_base& p) noexcept { return p.parent_; }
  static const borrow_info* borrows_of(promise_base& p) noexcept {
    return p.started() ? nullptr : p.owner_.borrows;
  }
  static void set_borrows(promise_base& p, const borrow_info& info) noexcept {
    p.owner_.borrows = &info;
  }
  static std::source_location place_of(const promise_base& p) noexcept { return p.where_; }
  static void set_taken(promise_base& p) noexcept { p.taken_ = true; }
  static bool taken(const promise_base& p) noexcept { return p.taken_ || p.chain_ != nullptr; }

  /// Gives `root` a chain that lives as long as its frame, if it has none.
  static chain& own_chain(promise_base& root);
  static void set_chain(promise_base& root, chain& c) noexcept {
    root.chain_ = &c;
    root.parent_ = nullptr;
  }
  static bool owns_chain(const promise_base& p) noexcept { return p.owns_chain_; }
  static chain* chain_of(const promise_base& p) noexcept { return p.chain_; }

 private:
  [[noreturn, gnu::noinline, gnu::cold]] static void rethrow(chain& c) {
    std::rethrow_exception(std::exchange(c.error_, nullptr));
  }
};
/// Destroys a coroutine that nobody awaits any more: cancels its chain, if it keeps one, then the
/// frame. Reports it if it was never awaited (checked builds).
EDO_API void destroy_root(promise_base& root) noexcept;

/// Gives `root` a chain of its own, at its first poll by reference, and polls it there.
EDO_API bool run_own_chain(promise_base& root, context& cx);

[[noreturn]] EDO_API void throw_awaited_twice(std::source_location where);

/// Throws the exception that is being handled again; a `usage_error` without a place gets this one.
[[noreturn]] EDO_API void rethrow_at(std::source_location place);

}  // namespace edo::inline v0::detail
