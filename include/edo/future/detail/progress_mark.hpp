/// How far a future has come; nothing here is meant for users.
#pragma once

#include "edo/base/usage.hpp"
#include "edo/future/context.hpp"
#include "edo/future/poll.hpp"

#include <utility>

namespace edo::inline v0::detail {

/// Where a future was first polled, for the message of a checked build; nothing in the others.
template <bool Checked>
class poll_origin {
 protected:
  void remember(const context&, const char*) noexcept {}
  void report_move() const noexcept {}
};
template <>
class poll_origin<true> {
 protected:
  void remember(const context& cx, const char* subject) noexcept {
    place_ = cx.place();
    subject_ = subject;
  }
  void report_move() const noexcept { report_lint(usage::moved_after_poll, place_, subject_); }

 private:
  std::source_location place_;
  const char* subject_ = nullptr;
};

/// A member of a future that gives its result once: refuses a second await and one after a move,
/// and, in checked builds, reports a move between the first poll and the result.
/// Threads: the future's.
class progress_mark : poll_origin<checked_build> {
 public:
  progress_mark() noexcept = default;
  progress_mark(progress_mark&& other) noexcept
      : poll_origin(other), stage_(std::exchange(other.stage_, stage::over)) {
    if constexpr (checked_build) {
      if (stage_ == stage::polled) report_move();
    }
  }
  progress_mark& operator=(progress_mark&&) = delete;

  /// At the begin of each poll; `subject` is the function that made the future.
  /// Errors: `usage_error` EDO-E0005, with the place of the await.
  void begin(const context& cx, const char* subject) {
    if (stage_ == stage::over) [[unlikely]]
      throw_usage(usage::awaited_twice, {}, subject);
    if constexpr (checked_build) {
      if (stage_ == stage::fresh) remember(cx, subject);
    }
    stage_ = stage::polled;
  }

  /// The result is being given.
  void finish() noexcept { stage_ = stage::over; }

 private:
  enum class stage : unsigned char { fresh, polled, over };

  stage stage_ = stage::fresh;
};

/// Polls the rest of a future whose mark has begun, and notes its end.
template <class Output>
poll_result<Output> noted(progress_mark& mark, poll_result<Output>&& polled) noexcept {
  if (polled.is_ready()) mark.finish();
  return std::move(polled);
}

}  // namespace edo::inline v0::detail
