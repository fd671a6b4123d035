// Each kind of misuse that is found while the program runs: docs/errors.md shows them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;

// [e0001]
edo::async<void> closure_not_owned() {
  std::string name = "Ada";
  auto greet = [name]() -> edo::async<void> {
    std::puts(name.c_str());
    co_return;
  };
  edo::spawn(greet());  // the task would outlive `greet`, and with it `name`
  co_return;
}
// [/e0001]

// [e0002]
edo::async<void> keep(std::string&& text) {
  std::puts(text.c_str());
  co_return;
}

edo::async<void> rvalue_parameter() {
  edo::spawn(keep("a temporary"));  // gone when the task begins
  co_return;
}
// [/e0002]

// [e0003]
edo::async<void> print(std::string_view text) {
  std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
  co_return;
}

edo::async<void> view_parameter() {
  edo::spawn(print("text"));
  co_return;
}
// [/e0003]

// [e0005]
edo::async<int> answer() { co_return 42; }

edo::async<void> awaited_twice() {
  auto once = answer();
  co_await once;
  co_await once;
}
// [/e0005]

// [e0008]
edo::async<int> nested(int depth) {
  if (depth == 0) co_return 0;
  auto [below] = co_await edo::join(nested(depth - 1));  // a combinator in a combinator in a …
  co_return below + 1;
}

edo::async<void> nested_too_deep() { co_await nested(1000); }
// [/e0008]

// [e0009]
void no_runtime() {
  auto late = edo::sleep(1s);  // whose timer?
  (void)late;
}
// [/e0009]

// [e0010]
edo::async<void> blocking_in_task() {
  int value = edo::block_on(answer());
  std::printf("never printed: %d\n", value);
  co_return;
}
// [/e0010]

// [e0011]
edo::async<void> awaits(edo::join_handle<void>* own) {
  auto ended = co_await *own;
  if (!ended.has_value()) ended.error().rethrow();
}

edo::async<void> own_handle() {
  edo::join_handle<void> handle;
  handle = edo::spawn(awaits(&handle));
  while (!handle.is_finished()) co_await edo::yield_now();
  auto ended = co_await handle;
  if (!ended.has_value()) ended.error().rethrow();
}
// [/e0011]

// [e0012]
edo::async<void> runtime_in_own_task(std::optional<edo::runtime>* holder) {
  holder->reset();  // a runtime cannot wait for the task that destroys it
  co_return;
}
// [/e0012]

// [e0013]
void bad_option() {
  auto rt = edo::runtime_builder::multi_thread().worker_threads(0).build();
  (void)rt;
}
// [/e0013]

// [e0014]
edo::async<void> no_block_in_place() {
  int value = edo::block_in_place([] { return 42; });  // on a current-thread runtime
  std::printf("never printed: %d\n", value);
  co_return;
}
// [/e0014]

// [e0016]
void guard_order(const edo::runtime& outer, const edo::runtime& inner) {
  std::unique_ptr<edo::enter_guard> first(new edo::enter_guard(outer.enter()));
  edo::enter_guard second = inner.enter();
  first.reset();  // before `second`, which is the innermost
}
// [/e0016]

// [e0017]
void runtime_gone() {
  auto rt = edo::runtime_builder::current_thread().build();
  std::optional<edo::sleep_future> nap;
  {
    auto guard = rt->enter();
    nap.emplace(edo::sleep(1s));
  }
  std::move(*rt).shutdown_timeout(1s);
  edo::block_on(*nap);  // nobody would ever wake it
}
// [/e0017]

// [e0019]
inline constinit edo::task_local<int> request_id;

edo::async<void> write_log() {
  std::printf("request %d\n", request_id.get());
  co_return;
}

edo::async<void> no_task_local() {
  co_await request_id.scope(7, write_log());
  auto task = edo::spawn(write_log());  // a task of its own, which inherits nothing
  auto ended = co_await task;
  if (!ended.has_value()) ended.error().rethrow();
}
// [/e0019]

// [e0020]
edo::async<void> no_local_set() {
  auto task = edo::spawn_local(answer());  // whose?
  static_cast<void>(co_await task);
}
// [/e0020]

// [e0021]
edo::async<void> wrong_thread() {
  edo::local_set set;
  auto job = edo::spawn_blocking([&set] { set.spawn_local(answer()); });
  auto ended = co_await job;
  if (!ended.has_value()) ended.error().rethrow();
}
// [/e0021]

/// Prints the code and what is wrong, without the subject, the cure and the place.
template <class Fn>
void show(Fn&& misuse) {
  try {
    std::forward<Fn>(misuse)();
    std::puts("nothing was found");
  } catch (const edo::usage_error& error) {
    std::string text = error.what();
    std::puts(text.substr(0, std::min(text.find(" ("), text.find(';'))).c_str());
  }
}

int main() {
  auto rt = edo::runtime_builder::current_thread().build();
  show([&] { rt->block_on(closure_not_owned()); });
  show([&] { rt->block_on(rvalue_parameter()); });
  show([&] { rt->block_on(view_parameter()); });
  show([&] { rt->block_on(awaited_twice()); });
  show([&] { rt->block_on(nested_too_deep()); });
  show([] { no_runtime(); });
  show([&] { rt->block_on(blocking_in_task()); });
  show([&] { rt->block_on(own_handle()); });
  show([] { bad_option(); });
  show([&] { rt->block_on(no_block_in_place()); });
  show([] { runtime_gone(); });
  show([&] { rt->block_on(no_task_local()); });
  show([&] { rt->block_on(no_local_set()); });
  show([&] { rt->block_on(wrong_thread()); });

  // These two cannot throw where they are found: they print to standard error.
  auto two = edo::runtime_builder::current_thread().build();
  guard_order(*rt, *two);
  std::optional<edo::runtime> holder(std::move(*two));
  holder->block_on(runtime_in_own_task(&holder));
}
