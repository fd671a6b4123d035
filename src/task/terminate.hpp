/// Names the task in which a program ends by `std::terminate`.
#pragma once

namespace edo::inline v0::detail {

/// From now on `std::terminate` inside a task first prints its id, its name and where it was
/// spawned (a destructor that throws ends there, for one); then it does what it did before.
/// Any thread; again: nothing.
void install_terminate_report() noexcept;

}  // namespace edo::inline v0::detail
