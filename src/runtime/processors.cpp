#include "runtime/processors.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <sched.h>
#include <string>

namespace edo::inline v0::detail {
namespace {

std::optional<std::size_t> parse_number(std::string_view text) noexcept {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

/// The first `size` bytes of a small file, or nothing.
std::string read_file(const std::string& path) {
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, closer> file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) return {};
  char buffer[4096];
  return {buffer, std::fread(buffer, 1, sizeof buffer, file.get())};
}

std::size_t affinity_count() noexcept {
  // The mask may be larger than the fixed one; the kernel then says EINVAL.
  for (std::size_t processors = CPU_SETSIZE; processors <= workers_max * 2; processors *= 2) {
    cpu_set_t* mask = CPU_ALLOC(processors);
    if (mask == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(processors);
    const bool read = sched_getaffinity(0, size, mask) == 0;
    const int count = read ? CPU_COUNT_S(size, mask) : 0;
    CPU_FREE(mask);
    if (count > 0) return static_cast<std::size_t>(count);
  }
  return 1;
}

/// The least quota of the process's cgroup and of those above it.
std::optional<std::size_t> cgroup_quota() {
  const std::string table = read_file("/proc/self/cgroup");
  const std::optional<std::string_view> found = parse_cgroup_path(table);
  if (!found) return std::nullopt;
  std::optional<std::size_t> least;
  std::string path(*found);
  for (;;) {
    const std::optional<std::size_t> quota =
        parse_cpu_max(read_file("/sys/fs/cgroup" + path + "/cpu.max"));
    if (quota && (!least || *quota < *least)) least = quota;
    const std::size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) return least;
    path.resize(slash);
  }
}

}  // namespace

std::optional<std::size_t> parse_cpu_max(std::string_view text) noexcept {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find('\n');
  const std::optional<std::size_t> quota = parse_number(text.substr(0, blank));
  const std::optional<std::size_t> period =
      parse_number(text.substr(blank + 1, end == std::string_view::npos ? end : end - blank - 1));
  if (!quota || !period || *quota == 0 || *period == 0) return std::nullopt;
  return *quota / *period + (*quota % *period != 0 ? 1 : 0);
}

std::optional<std::string_view> parse_cgroup_path(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with("0::/")) {
      const std::string_view path = line.substr(3);
      return path == "/" ? std::string_view() : path;
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return std::nullopt;
}

std::optional<std::size_t> parse_worker_count(std::string_view text) noexcept {
  const std::optional<std::size_t> count = parse_number(text);
  if (!count || *count == 0 || *count > workers_max) return std::nullopt;
  return count;
}

std::size_t available_processors() noexcept {
  std::size_t count = affinity_count();
  try {
    count = std::min(count, cgroup_quota().value_or(count));
  } catch (...) {  // out of memory: the mask alone
  }
  return std::max<std::size_t>(count, 1);
}

}  // namespace edo::inline v0::detail
