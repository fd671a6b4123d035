#include "digest.hpp"

#include <array>
#include <memory>
#include <openssl/evp.h>
#include <string_view>
#include <vector>

namespace demo {

std::string digest_of_zeros(std::uint32_t mebibytes) {
  struct free_context {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  const std::unique_ptr<EVP_MD_CTX, free_context> context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return {};

  const std::vector<unsigned char> mebibyte(std::size_t{1} << 20);
  for (std::uint32_t i = 0; i < mebibytes; ++i) {
    if (EVP_DigestUpdate(context.get(), mebibyte.data(), mebibyte.size()) != 1) return {};
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned len = 0;
  if (EVP_DigestFinal_ex(context.get(), bytes.data(), &len) != 1) return {};

  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < len; ++i) {
    text.append(1, hex[bytes[i] >> 4]).append(1, hex[bytes[i] & 15]);
  }
  return text;
}

}  // namespace demo
