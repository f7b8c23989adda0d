# SPDX-License-Identifier: Apache-2.0
# The compiler and its flags, in one place.

set(VIGIE_SANITIZE "" CACHE STRING "Sanitizers, as clang spells them: address,undefined or thread")
option(VIGIE_FUZZ "Build the libFuzzer targets" OFF)
option(VIGIE_BENCH "Build the benchmarks" OFF)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "Vigie needs clang 19 (g++ 12 miscompiles coroutines, docs/adr/0001): "
                      "apt-get install clang-19, then cmake --preset dev")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# One spelling for libraries and executables, so that both can use the same precompiled header.
add_compile_options(-fPIC)
add_link_options(-pie)
set(CMAKE_CXX_FLAGS_DEV "-O0 -g1" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_DEV "-O0 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG" CACHE STRING "" FORCE)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers are only cached with these; the base directory makes clones share objects.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_library(vigie_options INTERFACE)
target_compile_options(vigie_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough -Wthread-safety -Werror
  -fstack-protector-strong -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
  "SHELL:-Xclang -fno-pch-timestamp"
  $<$<CONFIG:RelWithDebInfo>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
target_compile_definitions(vigie_options INTERFACE
  _GLIBCXX_ASSERTIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)
target_include_directories(vigie_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_options(vigie_options INTERFACE -Wl,-z,relro,-z,now)

if(VIGIE_SANITIZE)
  add_compile_options(-fsanitize=${VIGIE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${VIGIE_SANITIZE})
  # Recycled coroutine frames would hide a use after free.
  target_compile_definitions(vigie_options INTERFACE BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING
                             VIGIE_SANITIZED)
endif()
if(VIGIE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Beast units take up to 1.2 GB each under sanitizers: one at a time.
set_property(GLOBAL PROPERTY JOB_POOLS heavy=1)
