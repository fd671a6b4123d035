// The question about a future that nobody polls.
#include <cstdio>
#include <edo/edo.hpp>

// [question]
edo::async<void> hello() {
  std::puts("hello");
  co_return;
}

edo::async<void> async_main() {
  auto greeting = hello();
  std::puts("done");
  co_return;
}
// [/question]

int main() { return edo::run(async_main()); }
