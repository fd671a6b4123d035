#include "edo/time/instant.hpp"

#include "edo/base/lock.hpp"

namespace edo::inline v0 {

clock::time_point clock::now() noexcept { return detail::at_ns(detail::monotonic_now_ns()); }

}  // namespace edo::inline v0
