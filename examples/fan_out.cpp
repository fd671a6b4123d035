// Work for all processors: one task for each part, then their results in order.
#include <cstdio>
#include <edo/edo.hpp>
#include <stdexcept>
#include <string>
#include <vector>

bool is_prime(unsigned n) {
  if (n < 2) return false;
  for (unsigned d = 2; d <= n / d; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

// Counts the primes in [begin, end). It computes, so it gives its thread back from time to time:
// the other tasks of the runtime go on meanwhile.
edo::async<unsigned> count_primes(unsigned begin, unsigned end) {
  constexpr unsigned chunk = 1000;
  unsigned found = 0;
  for (unsigned n = begin; n != end; ++n) {
    if (is_prime(n)) ++found;
    if (n % chunk == 0) co_await edo::yield_now();
  }
  co_return found;
}

edo::async<unsigned> fan_out(unsigned limit, unsigned parts) {
  std::vector<edo::join_handle<unsigned>> tasks;
  for (unsigned part = 0; part != parts; ++part) {
    // The task runs from now on, on any worker. Its arguments are its own.
    tasks.push_back(edo::spawn(count_primes(limit / parts * part, limit / parts * (part + 1))));
  }
  unsigned sum = 0;
  for (auto& task : tasks) {
    const auto found = co_await task;
    if (!found.has_value()) found.error().rethrow();  // cancelled, or what the task threw
    sum += *found;
  }
  co_return sum;
}

edo::async<int> fails(std::string why) {
  co_await edo::yield_now();
  throw std::runtime_error(why);
}

edo::async<void> async_main() {
  const unsigned primes = co_await fan_out(200'000, 8);
  std::printf("%u primes below 200000\n", primes);

  // A task that throws ends alone; whoever holds its handle learns why.
  auto doomed = edo::spawn(fails("out of ideas"));
  auto healthy = edo::spawn(count_primes(0, 100));
  auto [failure, count] = co_await edo::join(doomed, healthy);
  if (!failure.has_value() && failure.error().is_exception()) std::puts("one task has failed");
  std::printf("the other has found %u primes\n", count.value());
}

int main() { return edo::run(async_main()); }

// Prints:
//   17984 primes below 200000
//   one task has failed
//   the other has found 25 primes
