/// The demo's life: starts, accepts, ends at Ctrl-C.
#pragma once

#include "options.hpp"

#include <edo/edo.hpp>

namespace demo {

/// Serves until Ctrl-C, then lets the requests that are being answered finish, for a while.
/// Gives the exit code of the program.
edo::async<int> serve(options opts);

}  // namespace demo
