/// The fixed parts of the start page.
#pragma once

#include <string_view>

namespace demo {

/// From the doctype to the begin of the body, with the style.
extern const std::string_view page_head;

/// The strip that shows the latest ticks.
extern const std::string_view page_ticks;

/// The script that feeds the strip and serves the buttons, and the end of the document.
extern const std::string_view page_script;

}  // namespace demo
