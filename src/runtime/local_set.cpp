#include "edo/runtime/local_set.hpp"

#include "edo/base/error.hpp"

#include "runtime/context.hpp"
#include "runtime/local_tasks.hpp"

#include <utility>

namespace edo::inline v0 {

namespace detail {

local_driver::local_driver(local_tasks& tasks) noexcept : tasks_(&tasks) { tasks.add_ref(); }
local_driver::local_driver(local_driver&& other) noexcept : local_driver(*other.tasks_) {
  other.tasks_->remove(other);
}
local_driver::~local_driver() {
  tasks_->remove(*this);
  tasks_->drop_ref();
}

void local_driver::tick(context& cx, std::source_location where) {
  require_home(*tasks_, where);
  tasks_->tick(*this, cx);
}
bool local_driver::has_tasks() const noexcept { return tasks_->size() != 0; }

local_tasks& local_tasks_for(std::source_location where) {
  local_tasks* tasks = this_thread_state().local_set;
  if (tasks == nullptr) throw_usage(usage::no_local_set, where, "edo::spawn_local");
  return *tasks;
}

void require_home(const local_tasks& tasks, std::source_location where) {
  if (!tasks.is_home()) throw_usage(usage::wrong_thread, where, "edo::local_set");
}

void launch_local(local_tasks& tasks, task_header& task) noexcept { tasks.spawn(task); }

local_tasks* exchange_local_tasks(local_tasks* tasks) noexcept {
  return std::exchange(this_thread_state().local_set, tasks);
}

}  // namespace detail

local_set::local_set(std::source_location where)
    : where_(where), tasks_(new detail::local_tasks(detail::current_runtime())), driver_(*tasks_) {}

local_set::~local_set() {
  if (!tasks_->is_home()) detail::print_usage(usage::wrong_thread, where_, "edo::local_set");
  tasks_->end();
  tasks_->drop_ref();
}

poll_result<void> local_set::poll(context& cx) {
  driver_.tick(cx, where_);
  if (driver_.has_tasks()) return pending;
  return done;
}

std::size_t local_set::size() const noexcept { return tasks_->size(); }

}  // namespace edo::inline v0
