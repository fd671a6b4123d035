/// A line each second, which shows when tasks were kept from running.
#pragma once

#include "app.hpp"

#include <edo/edo.hpp>
#include <memory>

namespace demo {

/// Beats every 100 ms, and each second prints the uptime, the open connections, the requests and
/// the largest gap between two beats; at once when a beat came late. Never ends.
edo::async<void> beat(std::shared_ptr<app> state);

}  // namespace demo
