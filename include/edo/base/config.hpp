/// The only file with conditionals on the compiler, the platform and the build flavour.
#pragma once

#if !defined(__linux__)
#error "edo runs on Linux; src/driver/reactor.hpp says what another system's reactor must do"
#endif
#if !defined(__x86_64__) && !defined(__aarch64__)
#error "edo supports x86-64 and aarch64"
#endif
#if defined(__clang__) && __clang_major__ < 19
#error "edo needs clang 19 or newer (older ones have no std::expected with libstdc++)"
#endif
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
#error "edo needs g++ 12.2 or newer"
#endif

// g++ before 13 destroys a closure that is made inside a co_await expression twice
// (docs/compilers.md, battery case G1); futures that hold one are then refused there.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#define EDO_CLOSURE_IN_AWAIT_BROKEN 1
#else
#define EDO_CLOSURE_IN_AWAIT_BROKEN 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define EDO_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EDO_ASAN 1
#endif
#endif
#if !defined(EDO_ASAN)
#define EDO_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__)
#define EDO_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define EDO_TSAN 1
#endif
#endif
#if !defined(EDO_TSAN)
#define EDO_TSAN 0
#endif

// EDO_CHECKED=1: the checked build of the library (docs/errors.md). It is a property of the
// compiled library: the CMake target and edo.pc export it, and mixing the two does not link.
#if !defined(EDO_CHECKED)
#define EDO_CHECKED 0
#endif

// EDO_STRICT_LIFETIMES=1: what a coroutine borrows is a compile error (docs/errors.md).
#if !defined(EDO_STRICT_LIFETIMES)
#define EDO_STRICT_LIFETIMES 0
#endif

#if defined(__clang__) && EDO_STRICT_LIFETIMES
#define EDO_CORO_RETURN_TYPE [[clang::coro_return_type, clang::coro_lifetimebound]]
#define EDO_CORO_WRAPPER [[clang::coro_wrapper]]
#else
#define EDO_CORO_RETURN_TYPE
#define EDO_CORO_WRAPPER
#endif

#if defined(EDO_SHARED)
#define EDO_API [[gnu::visibility("default")]]
#else
#define EDO_API
#endif

#if EDO_CHECKED
#define EDO_ABI_SYMBOL edo_abi_v0_checked
#define EDO_ABI_LINK abi_link_checked
#else
#define EDO_ABI_SYMBOL edo_abi_v0_unchecked
#define EDO_ABI_LINK abi_link_unchecked
#endif

/// Defined once, by the library, under the name of its flavour.
extern "C" EDO_API const char EDO_ABI_SYMBOL;

namespace edo::inline v0::detail {
/// Ties every program to the flavour of library that its headers were compiled for: a program that
/// mixes checked and unchecked code fails to link, with the flavour in the symbol's name.
[[gnu::used]] inline const char* const EDO_ABI_LINK = &EDO_ABI_SYMBOL;

/// Tells the processor that this is a spin loop.
inline void cpu_relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  asm volatile("yield");
#endif
}

inline constexpr bool checked_build = EDO_CHECKED != 0;
#if defined(NDEBUG)
inline constexpr bool debug_asserts = checked_build;
#else
inline constexpr bool debug_asserts = true;
#endif
inline constexpr bool strict_lifetimes = EDO_STRICT_LIFETIMES != 0;
inline constexpr bool closure_in_await_broken = EDO_CLOSURE_IN_AWAIT_BROKEN != 0;
inline constexpr bool address_sanitizer = EDO_ASAN != 0;
inline constexpr bool thread_sanitizer = EDO_TSAN != 0;
}  // namespace edo::inline v0::detail
