#include "print.hpp"

#include <cstdio>

namespace demo {

void print_line(std::string line) {
  line.push_back('\n');
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
}

void print_error(std::string text) {
  text.insert(0, "demo: ").push_back('\n');
  std::fputs(text.c_str(), stderr);
}

}  // namespace demo
