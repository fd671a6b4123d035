/// The start page: what each route shows, with a button to try it.
#pragma once

#include <string>
#include <string_view>

namespace demo {

/// The page as HTML, on its own: no file, font or script from anywhere else.
/// `runtime` says what the server runs on ("multi-thread runtime, 2 workers").
[[nodiscard]] std::string start_page(std::string_view runtime);

}  // namespace demo
