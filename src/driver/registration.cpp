#include "edo/driver/registration.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/error.hpp"

#include "driver/driver.hpp"

#include <utility>

namespace edo::inline v0::detail {
namespace {

poll_result<result<ready_state>> checked(poll_result<ready_state> polled) {
  if (polled.is_pending()) return pending;
  if (polled.value().has(ready_state::shut_down)) {
    return std::unexpected(make_error_code(errc::runtime_shutdown));
  }
  return polled.value();
}

}  // namespace

registration::registration(driver& owner, readiness& place, unique_fd fd) noexcept
    : driver_(owner), readiness_(&place), fd_(std::move(fd)) {}

result<registration> registration::open(driver& owner, unique_fd fd) {
  auto place = owner.descriptors().acquire();
  if (!place) return std::unexpected(place.error());
  readiness& taken = **place;
  if (auto added = owner.events().add(fd.get(), {taken.slot(), taken.generation()}); !added) {
    owner.descriptors().release(taken);
    return std::unexpected(added.error());
  }
  return registration(owner, taken, std::move(fd));
}

registration::registration(registration&& other) noexcept
    : driver_(std::move(other.driver_)),
      readiness_(std::exchange(other.readiness_, nullptr)),
      fd_(std::move(other.fd_)) {}

registration& registration::operator=(registration&& other) noexcept {
  if (this != &other) {
    deregister();
    driver_ = std::move(other.driver_);
    readiness_ = std::exchange(other.readiness_, nullptr);
    fd_ = std::move(other.fd_);
  }
  return *this;
}

registration::~registration() { deregister(); }

void registration::deregister() noexcept {
  if (readiness_ == nullptr) return;
  driver_->events().remove(fd_.get(), {readiness_->slot(), readiness_->generation()});
  driver_->descriptors().release(*std::exchange(readiness_, nullptr));
}

unique_fd registration::release() noexcept {
  deregister();
  return std::move(fd_);
}

poll_result<result<ready_state>> registration::poll_ready(io_waiter& waiter,
                                                          io_direction direction,
                                                          context& cx) const {
  EDO_ASSERT(readiness_ != nullptr);
  return checked(readiness_->poll(waiter, direction, cx));
}

poll_result<result<ready_state>> registration::poll_ready(io_direction direction,
                                                          context& cx) const {
  EDO_ASSERT(readiness_ != nullptr);
  return checked(readiness_->poll(direction, cx));
}

void registration::clear_would_block(io_direction direction, ready_state seen) const noexcept {
  // The system call has just shown that this direction is not at its end either (a FIFO may get a
  // new writer): a closed bit that stayed would make the caller spin.
  readiness_->clear(ready_state::error | (direction == io_direction::read
                                              ? ready_state::readable | ready_state::read_closed
                                              : ready_state::writable | ready_state::write_closed),
                    seen);
}

void registration::clear_drained(io_direction direction, ready_state seen) const noexcept {
  // The next call gets to see the error. The closed bits stay by themselves.
  if (seen.has(ready_state::error)) return;
  readiness_->clear(direction == io_direction::read ? ready_state::readable : ready_state::writable,
                    seen);
}

}  // namespace edo::inline v0::detail
