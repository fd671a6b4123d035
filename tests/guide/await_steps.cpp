// What co_await does, step by step, with a future that is made ready by hand.
#include <cstdio>
#include <edo/edo.hpp>
#include <edo/test/manual.hpp>
#include <edo/test/task.hpp>
#include <string>
#include <utility>

// [coroutine]
edo::async<std::string> greet(edo::test::manual_future<std::string> name) {
  std::puts("    1: begin");
  std::string title = co_await edo::ready(std::string("Doctor"));
  std::puts("    2: the title was ready, so we went straight on");
  std::string who = co_await name;
  std::puts("    3: resumed at exactly this line, with the name");
  co_return title + " " + who;
}
// [/coroutine]

// [main]
int main() {
  edo::test::manual<std::string> name;  // the other end of a future: fires it by hand
  auto task = edo::test::spawn(greet(name.future()));

  std::puts("first poll");
  auto first = task.poll();
  std::printf("pending: %s; the thread is ours again\n", first.is_pending() ? "yes" : "no");

  name.fire("Who");
  std::printf("woken: %s; and nothing has run yet\n", task.is_woken() ? "yes" : "no");

  std::puts("second poll");
  auto second = task.poll();
  std::printf("ready: %s\n", second.value().c_str());
}
// [/main]
