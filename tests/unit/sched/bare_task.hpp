/// Headers without tasks behind them, for tests of queues.
#pragma once

#include "edo/task/detail/header.hpp"

#include <cstddef>
#include <deque>
#include <source_location>

namespace edo_test {

/// A header with a number. Nothing may run, drop or free it.
struct bare_task : edo::detail::task_header {
  explicit bare_task(int n)
      : edo::detail::task_header(ops, std::source_location::current()), number(n) {}

  static constexpr edo::detail::task_ops ops{};
  const int number;
};

[[nodiscard]] inline int number_of(const edo::detail::task_header* task) {
  return task == nullptr ? -1 : static_cast<const bare_task*>(task)->number;
}

/// Tasks numbered from 0.
class bare_tasks {
 public:
  explicit bare_tasks(int count) {
    for (int i = 0; i < count; ++i) tasks_.emplace_back(i);
  }
  edo::detail::task_header& operator[](int i) { return tasks_[static_cast<std::size_t>(i)]; }

 private:
  std::deque<bare_task> tasks_;
};

}  // namespace edo_test
