#include "sched/os_thread.hpp"

#include "edo/base/assert.hpp"

#include <cstring>
#include <memory>
#include <new>

namespace edo::inline v0::detail {
namespace {

// The system's limit, with the terminator.
constexpr std::size_t name_size = 16;

struct start_info {
  void (*entry)(void*) noexcept;
  void* data;
  char name[name_size];
};

void* run_thread(void* argument) {
  const std::unique_ptr<start_info> info(static_cast<start_info*>(argument));
  pthread_setname_np(pthread_self(), info->name);
  info->entry(info->data);
  return nullptr;
}

class thread_attributes {
 public:
  thread_attributes() noexcept { pthread_attr_init(&value_); }
  thread_attributes(const thread_attributes&) = delete;
  thread_attributes& operator=(const thread_attributes&) = delete;
  ~thread_attributes() { pthread_attr_destroy(&value_); }
  pthread_attr_t* get() noexcept { return &value_; }

 private:
  pthread_attr_t value_;
};

std::error_code system_code(int error) noexcept { return {error, std::system_category()}; }

}  // namespace

result<os_thread> os_thread::start(const options& how,
                                   void (*entry)(void*) noexcept,
                                   void* data) noexcept {
  std::unique_ptr<start_info> info(new (std::nothrow) start_info{entry, data, {}});
  if (info == nullptr) return std::unexpected(system_code(ENOMEM));
  std::strncpy(info->name, how.name.c_str(), name_size - 1);
  thread_attributes attributes;
  if (how.stack_size != 0) {
    const int error = pthread_attr_setstacksize(attributes.get(), how.stack_size);
    if (error != 0) return std::unexpected(system_code(error));
  }
  pthread_t id{};
  const int error = pthread_create(&id, attributes.get(), &run_thread, info.get());
  if (error != 0) return std::unexpected(system_code(error));
  static_cast<void>(info.release());
  return os_thread(id);
}

void os_thread::join() noexcept {
  const int error = pthread_join(id_, nullptr);
  EDO_ASSERT(error == 0);
}

void os_thread::detach() noexcept {
  const int error = pthread_detach(id_);
  EDO_ASSERT(error == 0);
}

}  // namespace edo::inline v0::detail
