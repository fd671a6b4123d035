#include "edo/runtime/metrics.hpp"

#include "edo/base/usage.hpp"

#include "driver/driver.hpp"
#include "runtime/state.hpp"

#include <utility>

namespace edo::inline v0 {
namespace {

const detail::core_counters& counters_of(detail::runtime_state& state,
                                         std::size_t worker,
                                         std::source_location where) {
  if (worker >= state.scheduler().core_count()) {
    detail::throw_usage(usage::bad_option, where, "a worker's number, below num_workers()");
  }
  return state.scheduler().counters_of(worker);
}

}  // namespace

runtime_metrics::runtime_metrics(detail::runtime_state& state) noexcept : state_(&state) {
  state_->add_ref();
}
runtime_metrics::runtime_metrics(const runtime_metrics& other) noexcept
    : runtime_metrics(*other.state_) {}
runtime_metrics& runtime_metrics::operator=(const runtime_metrics& other) noexcept {
  other.state_->add_ref();
  std::exchange(state_, other.state_)->drop_ref();
  return *this;
}
runtime_metrics::~runtime_metrics() { state_->drop_ref(); }

std::size_t runtime_metrics::num_workers() const noexcept {
  return state_->scheduler().core_count();
}
std::size_t runtime_metrics::num_alive_tasks() const noexcept {
  return static_cast<std::size_t>(state_->scheduler().tasks().count().live);
}
std::uint64_t runtime_metrics::spawned_tasks_count() const noexcept {
  return state_->scheduler().tasks().count().inserted;
}
std::size_t runtime_metrics::global_queue_depth() const noexcept {
  return state_->scheduler().injected_depth();
}
std::uint64_t runtime_metrics::remote_schedule_count() const noexcept {
  return state_->scheduler().injected_total();
}
std::uint64_t runtime_metrics::budget_forced_yield_count() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < num_workers(); ++i) {
    sum += state_->scheduler().counters_of(i).forced_yields.get();
  }
  return sum;
}

std::size_t runtime_metrics::num_blocking_threads() const noexcept {
  return state_->pool().view().threads;
}
std::size_t runtime_metrics::num_idle_blocking_threads() const noexcept {
  return state_->pool().view().idle;
}
std::size_t runtime_metrics::blocking_queue_depth() const noexcept {
  return state_->pool().view().queued;
}
std::size_t runtime_metrics::blocking_queue_depth_max() const noexcept {
  return state_->pool().view().queued_max;
}

std::uint64_t runtime_metrics::worker_poll_count(std::size_t worker,
                                                 std::source_location where) const {
  return counters_of(*state_, worker, where).polls.get();
}
std::chrono::nanoseconds runtime_metrics::worker_total_busy_duration(
    std::size_t worker, std::source_location where) const {
  return std::chrono::nanoseconds(counters_of(*state_, worker, where).busy_ns.get());
}
std::chrono::nanoseconds runtime_metrics::worker_mean_poll_time(std::size_t worker,
                                                                std::source_location where) const {
  const detail::core_counters& counters = counters_of(*state_, worker, where);
  const std::uint64_t polls = counters.polls.get();
  return std::chrono::nanoseconds(polls == 0 ? 0 : counters.busy_ns.get() / polls);
}
std::uint64_t runtime_metrics::worker_park_count(std::size_t worker,
                                                 std::source_location where) const {
  return counters_of(*state_, worker, where).parks.get();
}
std::uint64_t runtime_metrics::worker_park_unpark_count(std::size_t worker,
                                                        std::source_location where) const {
  const detail::core_counters& counters = counters_of(*state_, worker, where);
  return counters.parks.get() + counters.unparks.get();
}
std::uint64_t runtime_metrics::worker_noop_count(std::size_t worker,
                                                 std::source_location where) const {
  return counters_of(*state_, worker, where).noop_unparks.get();
}
std::uint64_t runtime_metrics::worker_steal_count(std::size_t worker,
                                                  std::source_location where) const {
  return counters_of(*state_, worker, where).stolen_tasks.get();
}
std::uint64_t runtime_metrics::worker_steal_operations(std::size_t worker,
                                                       std::source_location where) const {
  return counters_of(*state_, worker, where).steal_operations.get();
}
std::uint64_t runtime_metrics::worker_local_schedule_count(std::size_t worker,
                                                           std::source_location where) const {
  return counters_of(*state_, worker, where).local_schedules.get();
}
std::uint64_t runtime_metrics::worker_overflow_count(std::size_t worker,
                                                     std::source_location where) const {
  return counters_of(*state_, worker, where).overflows.get();
}
std::uint64_t runtime_metrics::worker_lifo_poll_count(std::size_t worker,
                                                      std::source_location where) const {
  return counters_of(*state_, worker, where).lifo_polls.get();
}
std::size_t runtime_metrics::worker_local_queue_depth(std::size_t worker,
                                                      std::source_location where) const {
  static_cast<void>(counters_of(*state_, worker, where));
  return state_->scheduler().local_depth(worker);
}

std::uint64_t runtime_metrics::io_driver_fd_registered_count() const noexcept {
  return state_->io()->descriptors().opened();
}
std::uint64_t runtime_metrics::io_driver_fd_deregistered_count() const noexcept {
  const detail::io_table& table = state_->io()->descriptors();
  return table.opened() - table.live();
}
std::uint64_t runtime_metrics::io_driver_ready_count() const noexcept {
  return state_->io()->ready_count();
}

}  // namespace edo::inline v0
