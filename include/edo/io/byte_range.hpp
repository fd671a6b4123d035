/// What reads and writes take as a buffer.
#pragma once

#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>

namespace edo::inline v0 {

namespace detail {
template <class Element>
concept byte_sized = sizeof(Element) == 1 && std::is_trivially_copyable_v<Element>;

template <class T>
inline constexpr bool is_const_char_array = false;
template <std::size_t N>
inline constexpr bool is_const_char_array<const char[N]> = true;
}  // namespace detail

/// Bytes in a row that may be read: `std::span`, `std::string`, `std::vector<std::byte>`, an array;
/// the elements are any trivially copyable type of one byte.
///
/// Arrays of `const char` are refused, because a string literal ends in a zero that nobody wants to
/// send: give a `std::string_view`.
template <class B>
concept byte_range = requires(B& buffer) {
  std::data(buffer);
  std::size(buffer);
  requires detail::byte_sized<std::remove_pointer_t<decltype(std::data(buffer))>>;
} && !detail::is_const_char_array<std::remove_reference_t<B>>;

/// Bytes in a row that may be written to.
template <class B>
concept mutable_byte_range = byte_range<B> && requires(B& buffer) {
  requires !std::is_const_v<std::remove_pointer_t<decltype(std::data(buffer))>>;
};

namespace detail {
template <byte_range B>
[[nodiscard]] std::span<const std::byte> bytes_of(B& buffer) noexcept {
  return {reinterpret_cast<const std::byte*>(std::data(buffer)), std::size(buffer)};
}
template <mutable_byte_range B>
[[nodiscard]] std::span<std::byte> writable_bytes_of(B& buffer) noexcept {
  return {reinterpret_cast<std::byte*>(std::data(buffer)), std::size(buffer)};
}
}  // namespace detail

}  // namespace edo::inline v0
