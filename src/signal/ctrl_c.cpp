#include "edo/signal/ctrl_c.hpp"

#include "edo/base/error.hpp"

#include "driver/driver.hpp"
#include "driver/signal_hub.hpp"
#include "runtime/context.hpp"

#include <csignal>
#include <utility>

namespace edo::inline v0 {

ctrl_c_future::ctrl_c_future(detail::driver_ref driver)
    : driver_(std::move(driver)), waiter_(SIGINT, detail::signal_hub::instance().count(SIGINT)) {
  result<void> ready = driver_->watch_signals();
  if (ready) ready = detail::signal_hub::instance().install(SIGINT);
  if (!ready) error_ = ready.error();
}

ctrl_c_future::ctrl_c_future(ctrl_c_future&& other) noexcept
    : driver_(other.driver_), error_(other.error_), waiter_(SIGINT, other.waiter_.seen()) {
  if (!other.waiter_.is_registered()) return;
  detail::signal_hub::instance().cancel(other.waiter_);
  if constexpr (detail::checked_build) {
    detail::report_lint(usage::moved_after_poll, std::source_location::current(), "ctrl_c");
  }
}

ctrl_c_future::~ctrl_c_future() {
  if (waiter_.is_registered()) detail::signal_hub::instance().cancel(waiter_);
}

poll_result<result<void>> ctrl_c_future::poll(context& cx) {
  if (error_) return output(std::unexpected(error_));
  switch (detail::signal_hub::instance().poll(waiter_, *driver_, cx)) {
    case detail::signal_status::pending:
      return pending;
    case detail::signal_status::shut_down:
      return output(std::unexpected(make_error_code(errc::runtime_shutdown)));
    case detail::signal_status::arrived:
      break;
  }
  if (!cx.try_charge()) return pending;
  return output();
}

ctrl_c_future ctrl_c(std::source_location made_at) {
  return ctrl_c_future(detail::driver_ref(*detail::current_driver(made_at)));
}

}  // namespace edo::inline v0
