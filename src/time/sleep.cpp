#include "edo/time/sleep.hpp"

#include "edo/base/usage.hpp"

#include "driver/driver.hpp"
#include "runtime/context.hpp"

#include <utility>

namespace edo::inline v0 {

sleep_future::sleep_future(detail::driver_ref driver,
                           std::int64_t deadline_ns,
                           std::source_location made_at)
    : driver_(std::move(driver)), made_at_(made_at), entry_(deadline_ns) {}

// The driver is copied, not taken: a moved-from sleep may still be asked and destroyed.
sleep_future::sleep_future(sleep_future&& other) noexcept
    : driver_(other.driver_), made_at_(other.made_at_), entry_(other.entry_.deadline_ns()) {
  if (!other.entry_.is_registered()) return;
  other.driver_->timers().cancel(other.entry_);
  if constexpr (detail::checked_build) {
    detail::report_lint(usage::moved_after_poll, made_at_, "sleep");
  }
}

sleep_future::~sleep_future() {
  if (entry_.is_registered()) driver_->timers().cancel(entry_);
}

poll_result<void> sleep_future::poll(context& cx) {
  switch (driver_->timers().poll(entry_, cx)) {
    case detail::timer_status::pending:
      return pending;
    case detail::timer_status::shut_down:
      detail::throw_usage(usage::runtime_gone, made_at_, "sleep");
    case detail::timer_status::elapsed:
      break;
  }
  if (!cx.try_charge()) return pending;
  return done;
}

bool sleep_future::is_elapsed() const noexcept {
  return entry_.deadline_ns() != detail::never_ns &&
         entry_.deadline_ns() <= driver_->clock().now_ns();
}

void sleep_future::reset(instant deadline) noexcept {
  driver_->timers().reset(entry_, deadline.time_since_epoch().count());
}

namespace detail {

sleep_future sleep_for_ns(std::int64_t time_ns, std::source_location made_at) {
  driver& here = *current_driver(made_at);
  return {driver_ref(here), after_ns(here.clock().now_ns(), time_ns), made_at};
}

sleep_future sleep_until_ns(std::int64_t deadline_ns, std::source_location made_at) {
  return {driver_ref(*current_driver(made_at)), deadline_ns, made_at};
}

}  // namespace detail

}  // namespace edo::inline v0
