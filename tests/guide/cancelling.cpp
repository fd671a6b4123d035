// Cancelling is dropping: the frames are destroyed where they stand, innermost first.
#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <string>
#include <utility>

using namespace std::chrono_literals;

// [frames]
struct resource {
  std::string name;
  explicit resource(std::string n) : name(std::move(n)) {}
  resource(const resource&) = delete;
  ~resource() { std::printf("  %s is released\n", name.c_str()); }
};

edo::async<void> download() {
  resource socket("the socket");
  co_await edo::sleep(10min);
  std::puts("  never printed");
}

edo::async<void> job() {
  resource file("the file");
  co_await download();
}
// [/frames]

// [main]
edo::async<void> async_main() {
  std::puts("a deadline:");
  auto in_time = co_await edo::timeout(5ms, job());  // drops the job at the deadline
  std::printf("  in time: %s\n", in_time.has_value() ? "yes" : "no");

  std::puts("an abort:");
  auto task = edo::spawn(job());
  co_await edo::yield_now();
  task.abort();
  auto ended = co_await task;
  std::printf("  cancelled: %s\n",
              !ended.has_value() && ended.error().is_cancelled() ? "yes" : "no");
}

int main() {
  auto rt = edo::runtime_builder::current_thread().build();
  rt->block_on(async_main());
}
// [/main]
