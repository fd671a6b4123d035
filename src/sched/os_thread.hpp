/// A thread of the system, with a name and a stack size of our choice.
#pragma once

#include "edo/base/result.hpp"

#include <cstddef>
#include <pthread.h>
#include <string>

namespace edo::inline v0::detail {

/// A plain handle: whoever has it joins or detaches it, once.
class os_thread {
 public:
  struct options {
    std::string name;
    std::size_t stack_size = 0;  ///< 0: the system's default.
  };

  /// Starts `entry(data)`. Errors: what pthread_create says, EAGAIN above all.
  [[nodiscard]] static result<os_thread> start(const options& how,
                                               void (*entry)(void*) noexcept,
                                               void* data) noexcept;

  /// The calling thread.
  [[nodiscard]] static os_thread current() noexcept { return os_thread(pthread_self()); }

  [[nodiscard]] bool is_current() const noexcept { return pthread_equal(id_, pthread_self()) != 0; }

  void join() noexcept;
  void detach() noexcept;

 private:
  explicit os_thread(pthread_t id) noexcept : id_(id) {}

  pthread_t id_;
};

}  // namespace edo::inline v0::detail
