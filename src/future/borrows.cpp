#include "edo/future/detail/borrows.hpp"

#include <cstring>

namespace edo::inline v0::detail {
namespace {

/// True if the compiler's name of a function is that of a lambda's call: a generic closure cannot
/// be told by its type from a function that was handed one.
bool names_closure(const char* function) noexcept {
  const char* end = std::strstr(function, " [");  // what follows are template arguments
  const std::size_t size =
      end != nullptr ? static_cast<std::size_t>(end - function) : std::strlen(function);
  for (const char* mark : {"<lambda(", "(anonymous class)::operator()"}) {
    const char* found = std::strstr(function, mark);
    if (found != nullptr && static_cast<std::size_t>(found - function) < size) return true;
  }
  return false;
}

}  // namespace

void require_owning(promise_base& root, std::source_location where, const void* closure_type) {
  const borrow_info* info = frames::borrows_of(root);
  frames::set_taken(root);  // refused or not, somebody wanted to run it
  if (info == nullptr) return;
  const char* name = frames::place_of(root).function_name();
  const bool kept = closure_type != nullptr && closure_type == info->closure_type;
  if (info->closure && !kept && names_closure(name)) {
    throw_usage(usage::closure_not_owned, where, name);
  }
  if (info->rvalue) throw_usage(usage::rvalue_parameter, where, name);
  if (info->view) throw_usage(usage::view_parameter, where, name);
}

}  // namespace edo::inline v0::detail
