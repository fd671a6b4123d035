/// What each route does. `/ticks` is the connection's own, since its answer does not end.
#pragma once

#include "app.hpp"
#include "http/response.hpp"
#include "http/router.hpp"

#include <edo/edo.hpp>
#include <memory>

namespace demo {

/// The answer of any route but `/ticks`.
/// Cancel safety: nothing is kept; a hash that is under way ends on its thread.
edo::async<response> answer(std::shared_ptr<app> state, route to);

}  // namespace demo
