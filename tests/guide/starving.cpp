// One loop without co_await holds everybody up; what to do instead.
#include <cstdio>
#include <edo/edo.hpp>
#include <utility>

// [ticker]
edo::async<void> ticker() {
  for (int n = 1; n <= 3; ++n) {
    std::printf("  tick %d\n", n);
    co_await edo::yield_now();  // lets the others have their turn
  }
}
// [/ticker]

// Stands for a piece of hard work: a hash, a compression, a big loop.
void work_hard(int part) { std::printf("  part %d of the work\n", part); }

// [greedy]
edo::async<void> greedy() {
  for (int part = 1; part <= 3; ++part) work_hard(part);  // no co_await: no turn for anybody
  co_return;
}
// [/greedy]

// [polite]
edo::async<void> polite() {
  for (int part = 1; part <= 3; ++part) {
    work_hard(part);
    co_await edo::yield_now();
  }
}
// [/polite]

// [elsewhere]
edo::async<void> elsewhere() {
  auto job = edo::spawn_blocking([] {
    for (int part = 1; part <= 3; ++part) work_hard(part);
    return 3;
  });
  auto parts = co_await job;  // this task waits; its thread does not
  std::printf("  %d parts, on a thread that may block\n", parts.value());
}
// [/elsewhere]

// [main]
edo::async<void> beside_a_ticker(edo::async<void> work) {
  auto ticks = edo::spawn(ticker());
  auto worker = edo::spawn(std::move(work));
  auto both = co_await edo::join(ticks, worker);
  (void)both;
}

int main() {
  auto rt = edo::runtime_builder::current_thread().build();  // one thread for all tasks
  std::puts("greedy:");
  rt->block_on(beside_a_ticker(greedy()));
  std::puts("polite:");
  rt->block_on(beside_a_ticker(polite()));
  std::puts("elsewhere:");
  rt->block_on(elsewhere());
}
// [/main]
