// The same in a task: its future.
// MODE: plain
// EXPECT: edo: a task's future and output must not be over-aligned
#include <edo/edo.hpp>
#include <memory>

struct alignas(64) row {
  char bytes[64];
};

#ifdef EDO_GOOD
struct reads {
  std::unique_ptr<row> held = std::make_unique<row>();
#else
struct reads {
  row held = {};
#endif
  edo::poll_result<int> poll(edo::context&) { return 42; }
};

void caller() { edo::spawn(reads()); }
