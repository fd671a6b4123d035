#include "http/target.hpp"

#include "http/text.hpp"

#include <utility>

namespace demo {

namespace {

bool parse_query(std::string_view query, std::vector<target::parameter>& into) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::optional<std::string> name = percent_decode(pair.substr(0, equals), true);
    const bool has_value = equals != std::string_view::npos;
    std::optional<std::string> value =
        percent_decode(has_value ? pair.substr(equals + 1) : std::string_view(), true);
    if (!name || !value) return false;
    into.push_back({*std::move(name), *std::move(value)});
  }
  return true;
}

}  // namespace

const std::string* target::parameter_of(std::string_view name) const noexcept {
  for (const parameter& each : parameters) {
    if (each.name == name) return &each.value;
  }
  return nullptr;
}

std::optional<target> parse_target(std::string_view text) {
  if (const std::optional<std::string_view> authority = authority_of(text)) {
    text.remove_prefix(static_cast<std::size_t>(authority->data() - text.data()) +
                       authority->size());
    if (text.empty() || text.front() == '?') {
      target root{.path = "/", .parameters = {}};
      if (!text.empty() && !parse_query(text.substr(1), root.parameters)) return std::nullopt;
      return root;
    }
  }
  if (text.empty() || text.front() != '/') return std::nullopt;
  const std::size_t question = text.find('?');
  std::optional<std::string> path = percent_decode(text.substr(0, question), false);
  if (!path) return std::nullopt;
  target parsed{.path = *std::move(path), .parameters = {}};
  if (question != std::string_view::npos &&
      !parse_query(text.substr(question + 1), parsed.parameters)) {
    return std::nullopt;
  }
  return parsed;
}

}  // namespace demo
