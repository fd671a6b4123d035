// One after the other, together, the first of several, and a task of its own.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <string>
#include <utility>

using namespace std::chrono_literals;

// [fetch]
// How many questions are open right now, and the most there have been.
int open_now = 0;
int open_most = 0;

// Stands for a request over the network.
edo::async<int> fetch(int answer) {
  open_most = std::max(open_most, ++open_now);
  co_await edo::sleep(5ms);
  --open_now;
  co_return answer;
}
// [/fetch]

// [sequential]
edo::async<int> one_after_the_other() {
  int user = co_await fetch(40);
  int orders = co_await fetch(2);  // begins when the first has its answer
  co_return user + orders;
}
// [/sequential]

// [join]
edo::async<int> together() {
  auto [user, orders] = co_await edo::join(fetch(40), fetch(2));
  co_return user + orders;
}
// [/join]

// [select]
struct farewell {
  std::string name;
  explicit farewell(std::string n) : name(std::move(n)) {}
  farewell(const farewell&) = delete;
  ~farewell() { std::printf("%s: done or given up\n", name.c_str()); }
};

edo::async<int> ask_mirror(std::string name, std::chrono::milliseconds latency) {
  farewell on_exit(std::move(name));
  co_await edo::sleep(latency);
  co_return 42;
}

edo::async<int> the_first() {
  auto first = co_await edo::select(ask_mirror("far", 10min), ask_mirror("near", 5ms));
  std::printf("branch %zu has won\n", first.index());
  co_return edo::get<1>(std::move(first));
}
// [/select]

// [spawn]
edo::async<int> beside_me() {
  edo::join_handle<int> task = edo::spawn(fetch(42));  // runs from now on, awaited or not
  std::puts("the task runs while we do something else");
  std::expected<int, edo::join_error> answer = co_await task;
  co_return answer.value();
}
// [/spawn]

// [main]
edo::async<void> async_main() {
  int answer = co_await one_after_the_other();
  std::printf("one after the other: %d, at most %d open\n", answer, open_most);

  answer = co_await together();
  std::printf("together: %d, at most %d open\n", answer, open_most);

  answer = co_await the_first();
  std::printf("the first: %d\n", answer);

  answer = co_await beside_me();
  std::printf("a task of its own: %d\n", answer);
}

int main() { return edo::run(async_main()); }
// [/main]
