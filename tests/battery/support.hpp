// What the battery's programs share: a minimal coroutine, a place to suspend, and a counter of
// lives. Nothing of edo: the battery tries the compiler.
#pragma once

#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

// A program ends well if each of its checks holds.
#define CHECK(...)                                                                 \
  do {                                                                             \
    if (!(__VA_ARGS__)) {                                                          \
      std::fprintf(stderr, "line %d: %s does not hold\n", __LINE__, #__VA_ARGS__); \
      std::fflush(stderr);                                                         \
      std::_Exit(1);                                                               \
    }                                                                              \
  } while (false)

// Counts its lives: one that is destroyed twice, or never, leaves `alive` wrong.
struct token {
  static inline int alive = 0;
  int value = 0;

  token() noexcept { ++alive; }
  explicit token(int v) noexcept : value(v) { ++alive; }
  token(const token& other) noexcept : value(other.value) { ++alive; }
  token(token&& other) noexcept : value(std::exchange(other.value, -1)) { ++alive; }
  token& operator=(const token&) = default;
  ~token() { --alive; }
};

// The coroutine that waits at `hop()`; `run` resumes it.
inline std::coroutine_handle<> parked;

// Suspends, and gives `value` when it is resumed. Trivial to destroy, as edo's awaiters are not.
struct hop {
  int value = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { parked = h; }
  int await_resume() const noexcept { return value; }
};

// A lazy coroutine with one owner; the awaited one resumes whoever awaits it.
template <class T>
class [[nodiscard]] lazy {
 public:
  struct promise_type {
    T value{};
    std::exception_ptr error;
    std::coroutine_handle<> parent = std::noop_coroutine();

    lazy get_return_object() noexcept {
      return lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    struct final_awaiter {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
        return h.promise().parent;
      }
      void await_resume() const noexcept {}
    };
    final_awaiter final_suspend() const noexcept { return {}; }
    template <class U = T>
    void return_value(U&& v) {
      value = std::forward<U>(v);
    }
    void unhandled_exception() noexcept { error = std::current_exception(); }
  };
  using handle = std::coroutine_handle<promise_type>;

  explicit lazy(handle h) noexcept : handle_(h) {}
  lazy(lazy&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~lazy() {
    if (handle_) handle_.destroy();
  }

  struct awaiter {
    handle child;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) const noexcept {
      child.promise().parent = h;
      return child;
    }
    T await_resume() const {
      if (child.promise().error) std::rethrow_exception(child.promise().error);
      return std::move(child.promise().value);
    }
  };
  awaiter operator co_await() const noexcept { return {handle_}; }

  handle frame() const noexcept { return handle_; }

 private:
  handle handle_;
};

// Starts the coroutine and leaves it where it first suspends.
template <class T>
void start(lazy<T>& coroutine) {
  coroutine.frame().resume();
}

// Drives the coroutine to its end; gives up after a number of resumptions that no program needs.
template <class T>
T run(lazy<T> coroutine) {
  start(coroutine);
  for (int i = 0; i < 1000 && parked; ++i) std::exchange(parked, nullptr).resume();
  CHECK(coroutine.frame().done());
  return typename lazy<T>::awaiter{coroutine.frame()}.await_resume();
}
