/// Lines for the terminal.
#pragma once

#include <string>

namespace demo {

/// Writes a line to standard output at once, whole, from any thread.
void print_line(std::string line);

/// Writes `demo: <text>` to standard error.
void print_error(std::string text);

}  // namespace demo
