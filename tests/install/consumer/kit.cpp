// A test as a user writes it, with the kit and no test framework.
#include <cstdio>
#include <edo/edo.hpp>
#include <edo/test/mock_waker.hpp>

int main() {
  const edo::test::mock_waker mock;
  edo::waker clone = mock.waker();
  clone.wake_by_ref();
  std::printf("wakes %u, live %u\n", mock.wakes(), mock.live());
}
