// The same when a job is made of it.
// MODE: plain
// COMPILER: gcc
// EXPECT: EDO-E0015: g\+\+ before 13 destroys a closure
#include <edo/edo.hpp>
#include <string>

edo::async<void> caller(std::string name) {
#ifdef EDO_GOOD
  auto job = edo::spawn_blocking([name] { return name.size(); });
  co_await job;
#else
  co_await edo::spawn_blocking([name] { return name.size(); });
#endif
}
