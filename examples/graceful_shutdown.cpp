// Ctrl-C ends a server in order: no new work, a deadline for the work under way, then the rest is
// cancelled. A second Ctrl-C during the deadline ends it at once.
//
// With the argument --try it presses Ctrl-C itself.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <edo/edo.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

// What a connection holds: its destructor runs however the job ends.
struct connection {
  std::string name;
  explicit connection(std::string n) : name(std::move(n)) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { std::printf("%s: closed\n", name.c_str()); }
};

edo::async<void> serve(std::string name, std::chrono::milliseconds takes) {
  const connection open(std::move(name));
  co_await edo::sleep(takes);
  std::printf("%s: finished its work\n", open.name.c_str());
}

edo::async<void> press_ctrl_c() {
  co_await edo::sleep(20ms);
  std::raise(SIGINT);
}

// Waits for the tasks, at most until `patience` is over for all of them together.
edo::async<void> drain(std::vector<edo::join_handle<void>> tasks, edo::clock::duration patience) {
  const edo::instant deadline = edo::clock::now() + patience;
  for (auto& task : tasks) {
    const auto ended = co_await edo::timeout_at(deadline, task);  // borrowed: still ours after it
    if (!ended.has_value()) {
      task.abort();
      const auto gone = co_await task;
      if (!gone.has_value()) std::puts("one was cancelled at the deadline");
    }
  }
}

edo::async<void> async_main(bool try_it) {
  std::vector<edo::join_handle<void>> tasks;
  tasks.push_back(edo::spawn(serve("quick", 60ms)));
  tasks.push_back(edo::spawn(serve("endless", 10min)));
  auto stop = edo::ctrl_c();
  if (try_it) edo::spawn(press_ctrl_c());

  std::puts("serving; Ctrl-C ends it");
  const edo::result<void> pressed = co_await stop;
  if (!pressed.has_value()) co_return;

  std::puts("no new work; waiting for what is under way");
  auto impatient = edo::ctrl_c();
  auto drained = co_await edo::select(drain(std::move(tasks), 1s), impatient);
  std::puts(drained.index() == 0 ? "all work has ended" : "leaving at once");
}

int main(int argc, char** argv) {
  const bool try_it = argc > 1 && std::string_view(argv[1]) == "--try";
  auto rt = edo::runtime_builder::multi_thread().worker_threads(2).build();
  if (!rt.has_value()) return 1;
  rt->block_on(async_main(try_it));
  // What is left is cancelled; what does not end in time is named.
  const edo::shutdown_report report = std::move(*rt).shutdown_timeout(1s);
  if (!report.is_clean()) std::fputs(report.to_string().c_str(), stderr);
  return report.is_clean() ? 0 : 1;
}

// Prints, with --try:
//   serving; Ctrl-C ends it
//   no new work; waiting for what is under way
//   quick: finished its work
//   quick: closed
//   endless: closed
//   one was cancelled at the deadline
//   all work has ended
