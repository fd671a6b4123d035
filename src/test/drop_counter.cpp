#include "edo/test/drop_counter.hpp"

#include "edo/base/assert.hpp"

namespace edo::inline v0::test {

drop_counter::~drop_counter() { EDO_ASSERT(live() == 0); }  // a token has outlived its counter

drop_counter::token drop_counter::make(std::string name) {
  const edo::detail::raw_guard guard(mutex_);
  ++made_;
  return {*this, std::move(name)};
}

unsigned drop_counter::drops() const noexcept {
  const edo::detail::raw_guard guard(mutex_);
  return drops_;
}

unsigned drop_counter::live() const noexcept {
  const edo::detail::raw_guard guard(mutex_);
  return made_ - drops_;
}

std::string drop_counter::order() const {
  const edo::detail::raw_guard guard(mutex_);
  return order_;
}

void drop_counter::died(const std::string& name) noexcept {
  const edo::detail::raw_guard guard(mutex_);
  if (drops_ != 0) order_ += ',';
  order_ += name;
  ++drops_;
}

}  // namespace edo::inline v0::test
