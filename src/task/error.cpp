#include "edo/task/error.hpp"

#include "edo/base/error.hpp"
#include "edo/task/detail/header.hpp"

namespace edo::inline v0 {

void join_error::rethrow() const {
  if (exception_ != nullptr) std::rethrow_exception(exception_);
  throw std::system_error(make_error_code(*this), message());
}

std::string join_error::message() const {
  const std::string task = "task " + std::to_string(task_.value());
  if (exception_ == nullptr) return task + " was cancelled";
  try {
    std::rethrow_exception(exception_);
  } catch (const std::exception& e) {
    return task + " ended with an exception: " + e.what();
  } catch (...) {
    return task + " ended with an exception of unknown type";
  }
}

std::error_code make_error_code(const join_error&) noexcept {
  return make_error_code(errc::cancelled);
}

namespace detail {

join_error task_awaits_itself(const task_header& task) {
  return join_error(task_id(task.id),
                    std::make_exception_ptr(usage_error(usage::own_handle, task.spawned, nullptr)));
}

}  // namespace detail

}  // namespace edo::inline v0
