/// Runs a test for each flavour of runtime.
#pragma once

#include "edo/base/lock.hpp"
#include "edo/future/async.hpp"
#include "edo/future/ready.hpp"
#include "edo/runtime/blocking.hpp"
#include "edo/runtime/builder.hpp"
#include "edo/runtime/spawn.hpp"
#include "edo/runtime/yield_now.hpp"

#include <cstddef>
#include <gtest/gtest.h>
#include <semaphore>
#include <string>

namespace edo_test {

struct flavour {
  const char* name;
  std::size_t workers;  // 0: current-thread
};

inline edo::runtime_builder builder_of(const flavour& f) {
  if (f.workers == 0) return edo::runtime_builder::current_thread();
  return edo::runtime_builder::multi_thread().worker_threads(f.workers);
}

inline edo::runtime build(const edo::runtime_builder& builder) {
  auto built = builder.build();
  if (!built) throw std::system_error(built.error());
  return *std::move(built);
}

class each_flavour : public testing::TestWithParam<flavour> {
 protected:
  static edo::runtime_builder builder() { return builder_of(GetParam()); }
  static edo::runtime make() { return build(builder()); }
  static bool is_current_thread() { return GetParam().workers == 0; }
};

inline std::string flavour_name(const testing::TestParamInfo<flavour>& info) {
  return info.param.name;
}

inline const auto all_flavours = testing::Values(
    flavour{"current_thread", 0}, flavour{"one_worker", 1}, flavour{"four_workers", 4});
inline const auto multi_thread_flavours =
    testing::Values(flavour{"one_worker", 1}, flavour{"four_workers", 4});

/// A signal between tasks and threads: ready once it was set.
class flag {
 public:
  void set() noexcept {
    edo::waker waiting;
    {
      const edo::detail::raw_guard guard(lock_);
      set_ = true;
      waiting = std::move(waiter_);
    }
    std::move(waiting).wake();
  }
  [[nodiscard]] bool is_set() noexcept {
    const edo::detail::raw_guard guard(lock_);
    return set_;
  }

  struct wait_future {
    flag* of;
    edo::poll_result<void> poll(edo::context& cx) noexcept {
      const edo::detail::raw_guard guard(of->lock_);
      if (of->set_) return edo::done;
      of->waiter_ = cx.waker();
      return edo::pending;
    }
  };
  [[nodiscard]] wait_future wait() noexcept { return {this}; }

 private:
  edo::detail::raw_mutex lock_;
  bool set_ = false;
  edo::waker waiter_;
};

}  // namespace edo_test
