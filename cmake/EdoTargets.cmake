# What every target of edo's own tree is built with. Nothing here reaches a user's target: flags are
# PRIVATE, set for each target, never global.
include(CheckCXXSourceCompiles)

set(EDO_CLANG OFF)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(EDO_CLANG ON)
endif()
if((EDO_CLANG AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
   OR (NOT EDO_CLANG AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12))
  message(FATAL_ERROR "edo needs g++ 12.2 or clang 19 (see docs/compilers.md); this is "
                      "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
endif()

if(PROJECT_IS_TOP_LEVEL)
  # A build without a type would be neither optimised nor debuggable.
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or RelWithDebInfo" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  find_program(EDO_CCACHE ccache)
  if(EDO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${EDO_CCACHE}")
  endif()
  if(EDO_CLANG)
    find_program(EDO_LLD NAMES ld.lld ld.lld-19 lld-19)
  endif()
endif()

set(EDO_WARNINGS
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Wnon-virtual-dtor -Wold-style-cast
    -Wformat-security)
if(EDO_CLANG)
  list(APPEND EDO_WARNINGS -Wthread-safety)
else()
  # The marker of owned closures is defined by friend injection (docs/compilers.md).
  list(APPEND EDO_WARNINGS -Wno-non-template-friend)
endif()

set(EDO_SANITIZE_FLAGS "")
if(EDO_SANITIZE STREQUAL "address")
  set(EDO_SANITIZE_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
elseif(EDO_SANITIZE STREQUAL "thread")
  set(EDO_SANITIZE_FLAGS -fsanitize=thread -fno-omit-frame-pointer)
elseif(EDO_SANITIZE STREQUAL "undefined")
  set(EDO_SANITIZE_FLAGS -fsanitize=undefined -fno-sanitize-recover=all)
elseif(EDO_SANITIZE)
  message(FATAL_ERROR "EDO_SANITIZE is address, thread, undefined or empty, not ${EDO_SANITIZE}")
endif()

set(EDO_HARDEN_COMPILE "")
set(EDO_HARDEN_LINK "")
set(EDO_FORTIFY "")
if(EDO_HARDEN AND NOT EDO_SANITIZE)
  set(EDO_HARDEN_COMPILE -fstack-protector-strong -fstack-clash-protection -D_GLIBCXX_ASSERTIONS)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND EDO_HARDEN_COMPILE -fcf-protection=full)
  endif()
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(EDO_FORTIFY -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
  set(EDO_HARDEN_LINK -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# edo_own_target(<target> [NO_STRICT] [UNIT_TEST] [NO_WARNINGS])
#   NO_STRICT   the target does what strict mode refuses to compile, as a user's program may
#   UNIT_TEST   the same, and it replaces functions of the C library and locks in ways that the
#               analysis of locks cannot follow
#   NO_WARNINGS third-party source
function(edo_own_target target)
  cmake_parse_arguments(arg "NO_STRICT;UNIT_TEST;NO_WARNINGS" "" "" ${ARGN})
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE ${EDO_SANITIZE_FLAGS} ${EDO_HARDEN_COMPILE})
  target_link_options(${target} PRIVATE ${EDO_SANITIZE_FLAGS} ${EDO_HARDEN_LINK})
  if(EDO_LLD)
    target_link_options(${target} PRIVATE -fuse-ld=lld)
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    target_link_options(${target} PRIVATE -pie)
  endif()
  if(PROJECT_IS_TOP_LEVEL AND NOT arg_NO_WARNINGS)
    target_compile_options(${target} PRIVATE ${EDO_WARNINGS})
    if(EDO_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()
  if(arg_UNIT_TEST)
    target_compile_options(${target} PRIVATE $<$<BOOL:${EDO_CLANG}>:-Wno-thread-safety>)
  else()
    target_compile_options(${target} PRIVATE ${EDO_FORTIFY})
  endif()
  if(EDO_STRICT_LIFETIMES AND NOT arg_NO_STRICT AND NOT arg_UNIT_TEST)
    target_compile_definitions(${target} PRIVATE EDO_STRICT_LIFETIMES=1)
  endif()
endfunction()

# edo_program(<name> [NO_STRICT] [UNIT_TEST] SOURCES <file>... [LIBRARIES <target>...])
function(edo_program name)
  cmake_parse_arguments(arg "NO_STRICT;UNIT_TEST" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE edo::edo ${arg_LIBRARIES})
  set(kind "")
  foreach(option IN ITEMS NO_STRICT UNIT_TEST)
    if(arg_${option})
      list(APPEND kind ${option})
    endif()
  endforeach()
  edo_own_target(${name} ${kind})
endfunction()
