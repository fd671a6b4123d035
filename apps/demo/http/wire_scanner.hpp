/// The bytes that no request head may hold, whatever the parser thinks of them.
#pragma once

#include <cstddef>
#include <string_view>

namespace demo {

/// Finds what two HTTP implementations might read differently, byte by byte: NUL, a CR without its
/// LF, an LF without its CR, and a field that goes on in the next line (obs-fold). llhttp accepts
/// the last even in strict mode.
///
/// Its verdict depends on the bytes alone, not on how they were cut into pieces.
class wire_scanner {
 public:
  /// As after the end of a line.
  static wire_scanner at_line_start() noexcept {
    wire_scanner scanner;
    scanner.before_ = '\r';
    scanner.last_ = '\n';
    return scanner;
  }

  /// The position in `piece` of the first byte that is not allowed, or `piece.size()`.
  std::size_t scan(std::string_view piece) noexcept {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      if (!allowed(piece[i])) return i;
      before_ = last_;
      last_ = piece[i];
    }
    return piece.size();
  }

 private:
  [[nodiscard]] bool allowed(char byte) const noexcept {
    if (byte == '\0') return false;
    if ((last_ == '\r') != (byte == '\n')) return false;
    const bool first_of_line = before_ == '\r' && last_ == '\n';
    return !(first_of_line && (byte == ' ' || byte == '\t'));
  }

  char before_ = '\0';
  char last_ = '\0';
};

}  // namespace demo
