/// A spawned task in one block: header, then the future, then, in its place, the output.
#pragma once

#include "edo/base/assert.hpp"
#include "edo/base/pool.hpp"
#include "edo/future/concepts.hpp"
#include "edo/task/detail/header.hpp"

#include <cstddef>
#include <exception>
#include <expected>
#include <new>
#include <source_location>
#include <type_traits>
#include <utility>

namespace edo::inline v0::detail {

struct join_access;

/// What a task stores when it ends.
template <class T>
using task_output = std::expected<T, join_error>;

/// The output of a task of type `T`, which begins right behind the header, so that a join handle,
/// which does not know the future's type, finds it.
template <class T>
[[nodiscard]] task_output<T>& stored_output(task_header& task) noexcept {
  return *std::launder(reinterpret_cast<task_output<T>*>(&task + 1));
}

/// Moves the output out. The caller has the join interest, the task is complete.
template <class T>
[[nodiscard]] task_output<T> take_output(task_header& task) {
  task_output<T>& stored = stored_output<T>(task);
  struct destroyer {
    task_output<T>& output;
    ~destroyer() { output.~task_output<T>(); }
  } const guard{stored};
  return std::move(stored);
}

/// A cell's tail when nothing but future and output is kept.
struct no_tail {};

/// The task of a future of type `F`. `Tail` is kept as long as the header; if it has a member
/// `request_stop()`, an abort of the running task calls it; `name()` is the task's name.
template <class F, class Tail = no_tail>
class task_cell final : public task_header {
 public:
  using value = output_of<F>;
  using output = task_output<value>;

  static_assert(!std::is_reference_v<value>,
                "EDO-E0018: a task's output is an object or void; a reference may dangle: return "
                "a pointer or a value");
  static_assert(alignof(F) <= alignof(std::max_align_t) &&
                    alignof(output) <= alignof(std::max_align_t),
                "edo: a task's future and output must not be over-aligned; hold such members by "
                "pointer");

  /// A task in memory of the pool, not yet launched. Errors: what moving the future throws.
  template <class G>
  [[nodiscard]] static task_cell& make(G&& future, std::source_location where, Tail tail = {}) {
    struct block_guard {
      void* block;
      ~block_guard() {
        if (block != nullptr) pool_free(block, sizeof(task_cell));
      }
    } guard{pool_allocate(sizeof(task_cell))};
    auto* cell = ::new (guard.block) task_cell(std::forward<G>(future), where, std::move(tail));
    guard.block = nullptr;
    return *cell;
  }

  /// What is kept beside the future, from `make` until the memory is given back.
  [[nodiscard]] Tail& tail() noexcept { return tail_; }

 private:
  template <class G>
  task_cell(G&& future, std::source_location where, Tail&& tail)
      : task_header(ops_table, where), future_(std::forward<G>(future)), tail_(std::move(tail)) {
    // stored_output() counts on it.
    EDO_DEBUG_ASSERT(static_cast<void*>(&future_) ==
                     static_cast<void*>(static_cast<task_header*>(this) + 1));
  }
  ~task_cell() {}

  static task_cell& of(task_header& task) noexcept { return static_cast<task_cell&>(task); }

  static task_poll poll(task_header& task, context& cx) noexcept {
    task_cell& self = of(task);
    bool alive = true;
    std::exception_ptr exception;
    try {
      auto result = self.future_.poll(cx);
      if (result.is_pending()) return task_poll::pending;
      alive = false;
      self.future_.~F();
      if constexpr (std::is_void_v<value>) {
        ::new (static_cast<void*>(&self.output_)) output(std::in_place);
      } else {
        ::new (static_cast<void*>(&self.output_)) output(std::in_place, std::move(result).value());
      }
      return task_poll::finished;
    } catch (...) {
      exception = std::current_exception();
    }
    if (alive) self.future_.~F();
    self.store(join_error(task_id(self.id), std::move(exception)));
    return task_poll::finished;
  }

  static void cancel(task_header& task) noexcept {
    task_cell& self = of(task);
    self.future_.~F();
    self.store(join_error(task_id(self.id)));
  }

  void store(join_error error) noexcept {
    ::new (static_cast<void*>(&output_)) output(std::unexpect, std::move(error));
  }

  static const join_error* error(const task_header& task) noexcept {
    const auto& stored = static_cast<const task_cell&>(task).output_;
    return stored.has_value() ? nullptr : &stored.error();
  }

  static void drop_output(task_header& task) noexcept { of(task).output_.~output(); }

  static void free(task_header& task) noexcept {
    task_cell& self = of(task);
    self.~task_cell();
    pool_free(&self, sizeof(task_cell));
  }

  static void request_stop(task_header& task) noexcept {
    if constexpr (has_stop) of(task).tail_.request_stop();
  }

  static std::string_view name(const task_header& task) noexcept {
    if constexpr (has_name) return static_cast<const task_cell&>(task).tail_.name();
    return {};
  }

  static constexpr bool has_stop = requires(Tail& tail) { tail.request_stop(); };
  static constexpr bool has_name = requires(const Tail& tail) { tail.name(); };

  static constexpr task_ops ops_table{&poll,
                                      &cancel,
                                      &error,
                                      &drop_output,
                                      &free,
                                      has_stop ? &request_stop : nullptr,
                                      has_name ? &name : nullptr};

  union {
    F future_;       // until the task is complete
    output output_;  // from then on, until it is taken or dropped
  };
  [[no_unique_address]] Tail tail_;
};

}  // namespace edo::inline v0::detail
