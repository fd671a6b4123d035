/// `/race`: two fetches at once, the loser dropped.
#pragma once

#include "app.hpp"
#include "http/response.hpp"

#include <edo/edo.hpp>
#include <memory>

namespace demo {

/// Asks two replicas, takes the first answer, and tells what became of the other.
edo::async<response> answer_race(std::shared_ptr<app> state);

}  // namespace demo
