#include "sched/core.hpp"

#include "task/harness.hpp"

namespace edo::inline v0::detail {

void core::drain() noexcept {
  while (task_header* task = lifo.take()) drop_runnable(*task);
  while (task_header* task = pop()) drop_runnable(*task);
  drop_all(yielded);
}

}  // namespace edo::inline v0::detail
