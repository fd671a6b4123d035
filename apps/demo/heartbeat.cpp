#include "heartbeat.hpp"

#include "http/text.hpp"
#include "print.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace demo {

namespace {

constexpr std::chrono::milliseconds between_beats{100};
/// A beat that is later than this means that a task did not yield; below, the system was busy.
constexpr std::chrono::milliseconds late_beat{100};
constexpr int beats_a_line = 10;

std::string whole_ms(edo::clock::duration d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()) + " ms";
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string stamp(const app& state) {
  std::string seconds = one_decimal(elapsed_ms(state.started) / 1000);
  seconds.insert(0, seconds.size() < 7 ? 7 - seconds.size() : 0, ' ');
  return seconds + " s  ";
}

}  // namespace

edo::async<void> beat(std::shared_ptr<app> state) {
  edo::instant last = edo::clock::now();
  edo::clock::duration largest{0};
  for (int beats = 1;; ++beats) {
    co_await edo::sleep_until(last + between_beats);
    const edo::instant now = edo::clock::now();
    const edo::clock::duration gap = now - last;
    last = now;
    largest = std::max(largest, gap);
    if (gap > between_beats + late_beat) {
      print_line(stamp(*state) + "heartbeat late by " + whole_ms(gap - between_beats) +
                 ": a task did not yield");
    }
    if (beats % beats_a_line != 0) continue;
    // relaxed: a statistic.
    const std::uint64_t requests = state->requests.load(edo::memory_order_relaxed);
    print_line(stamp(*state) + counted(state->open.count(), "connection") + " open, " +
               counted(requests, "request") + ", largest gap " + whole_ms(largest));
    largest = edo::clock::duration::zero();
  }
}

}  // namespace demo
