// A future with a waker, and an executor for it, both from nothing but the poll model.
#include <atomic>
#include <cstdio>
#include <edo/edo.hpp>
#include <mutex>
#include <thread>
#include <utility>

// [event]
// Pending until some thread calls set().
class event {
 public:
  edo::poll_result<void> poll(edo::context& cx) {
    std::lock_guard lock(mutex_);
    if (set_) return edo::done;
    waker_ = cx.waker();  // pending is a promise: whoever sets the event will wake this
    return edo::pending;
  }

  void set() {
    edo::waker waiting;
    {
      std::lock_guard lock(mutex_);
      set_ = true;
      waiting = std::move(waker_);
    }
    std::move(waiting).wake();  // after the lock: the task may be polled before wake() returns
  }

  bool is_awaited() {
    std::lock_guard lock(mutex_);
    return !waker_.empty();
  }

 private:
  std::mutex mutex_;
  bool set_ = false;
  edo::waker waker_;
};
// [/event]

// [executor]
class executor {
 public:
  template <edo::future F>
  auto run(F& future) {
    edo::waker mine(this, &operations);
    edo::context cx(mine);
    for (;;) {
      auto polled = future.poll(cx);
      if (polled.is_ready()) return std::move(polled).value();
      std::puts("executor: pending, so I sleep");
      woken_.wait(false);   // until the waker says that polling is worth while
      woken_.store(false);  // before the poll, so that a wake during it is not forgotten
      std::puts("executor: woken, so I poll");
    }
  }

 private:
  static void wake(void* self) noexcept {
    static_cast<executor*>(self)->woken_.store(true);
    static_cast<executor*>(self)->woken_.notify_one();
  }
  static void nothing(void*) noexcept {}  // this executor outlives its wakers: nobody counts them

  static constexpr edo::waker_vtable operations{
      .clone = nothing, .wake = wake, .wake_by_ref = wake, .drop = nothing};

  std::atomic<bool> woken_ = false;
};
// [/executor]

// [main]
edo::async<int> through_the_door(event& door) {
  std::puts("coroutine: waiting at the door");
  co_await door;  // an lvalue: awaited by reference
  std::puts("coroutine: through");
  co_return 7;
}

int main() {
  event door;
  std::thread opener([&door] {
    while (!door.is_awaited()) std::this_thread::yield();
    door.set();
  });
  auto future = edo::into_future(through_the_door(door));  // a coroutine as a future to poll
  executor mine;
  int value = mine.run(future);
  opener.join();
  std::printf("main: %d\n", value);
}
// [/main]
