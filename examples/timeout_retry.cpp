// A request that may hang: a deadline for each try, growing pauses between them, and an end.
#include <chrono>
#include <cstdio>
#include <edo/edo.hpp>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// Stands for a server: the first two requests get no answer, the third is refused, the fourth
// succeeds.
class server {
 public:
  edo::async<edo::result<std::string>> request() {
    switch (++requests_) {
      case 1:
      case 2:
        co_await edo::sleep(10min);
        break;
      case 3:
        co_return std::unexpected(std::make_error_code(std::errc::connection_refused));
      default:
        break;
    }
    co_return "the answer to request " + std::to_string(requests_);
  }

 private:
  int requests_ = 0;
};

struct retry_policy {
  int tries_max = 5;
  milliseconds deadline = 30ms;    // for each try
  milliseconds first_pause = 2ms;  // doubled after each
};

// Tries until there is an answer or the policy is exhausted; then the last error.
// Cancel safe: dropped at any await, it drops the request that is under way.
edo::async<edo::result<std::string>> request_with_retry(server& from, retry_policy policy) {
  milliseconds pause = policy.first_pause;
  for (int n = 1;; ++n) {
    // Over a future of result<T>, timeout gives a result<T> too: late is just another error.
    edo::result<std::string> answer = co_await edo::timeout(policy.deadline, from.request());
    if (answer.has_value() || n == policy.tries_max) co_return answer;
    std::printf("try %d: %s\n", n,
                answer.error() == std::errc::timed_out ? "no answer in time"
                                                       : answer.error().message().c_str());
    co_await edo::sleep(pause);
    pause *= 2;
  }
}

edo::async<edo::result<int>> async_main() {
  server slow;
  const std::string answer = co_await edo::try_(request_with_retry(slow, {}));
  std::printf("%s\n", answer.c_str());

  server hopeless;
  const retry_policy impatient{.tries_max = 2, .deadline = 5ms};
  const auto failed = co_await request_with_retry(hopeless, impatient);
  std::printf("given up: %s\n", failed.has_value() ? "no" : failed.error().message().c_str());
  co_return 0;
}

// An error that reaches this far is printed by run, and the exit code is 1.
int main() { return edo::run(async_main()); }

// Prints:
//   try 1: no answer in time
//   try 2: no answer in time
//   try 3: Connection refused
//   the answer to request 4
//   try 1: no answer in time
//   given up: the deadline has elapsed
