/// Work for the blocking pool.
#pragma once

#include <cstdint>
#include <string>

namespace demo {

/// The SHA-256 of that many MiB of zeros, in hexadecimal; empty if libcrypto refuses.
/// It computes for some milliseconds per MiB: not for a task.
[[nodiscard]] std::string digest_of_zeros(std::uint32_t mebibytes);

}  // namespace demo
