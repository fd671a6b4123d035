// A result of larger alignment would move the promise inside the frame.
// MODE: plain
// EXPECT: edo: an over-aligned result would move the promise inside the frame
#include <edo/edo.hpp>
#include <memory>

struct alignas(64) row {
  char bytes[64];
};

#ifdef EDO_GOOD
edo::async<std::unique_ptr<row>> read() { co_return std::make_unique<row>(); }
#else
edo::async<row> read() { co_return row(); }
#endif
