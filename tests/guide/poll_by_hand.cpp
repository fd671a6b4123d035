// A future written by hand, and polled by hand.
#include <cstdio>
#include <edo/edo.hpp>
#include <string>

// [future]
// Ready at its third poll.
struct countdown {
  int left = 2;

  edo::poll_result<std::string> poll(edo::context&) {
    if (left > 0) {
      --left;
      return edo::pending;
    }
    return "liftoff";
  }
};
static_assert(edo::future<countdown>);
// [/future]

// [main]
int main() {
  countdown flight;                     // nothing runs: a future is only a value
  edo::context cx(edo::waker::noop());  // what a poll receives; this waker wakes nobody
  for (int n = 1; n <= 3; ++n) {
    edo::poll_result<std::string> polled = flight.poll(cx);
    if (polled.is_pending()) {
      std::printf("poll %d: pending\n", n);
    } else {
      std::printf("poll %d: ready with %s\n", n, polled.value().c_str());
    }
  }
}
// [/main]
