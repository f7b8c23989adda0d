# SPDX-License-Identifier: Apache-2.0
# vigie_room(NAME DEPENDS room... LIBRARIES target... [HEAVY file...])
#
# One folder under src/ is one room: every x.cpp goes into the static library vigie_<name>, every
# x_test.cpp into the executable vigie_<name>_test, which links that room alone (and what it
# depends on), so that unwanted coupling shows as a link error. HEAVY names files that include
# Beast; they are compiled one at a time and without the precompiled header.

add_library(vigie_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_precompile_headers(vigie_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)
target_link_libraries(vigie_pch PUBLIC vigie_options Boost::headers fmt::fmt)

function(vigie_target_name room out)
  string(REPLACE "/" "_" flat "${room}")
  set(${out} "vigie_${flat}" PARENT_SCOPE)
endfunction()

function(vigie_add_test target)
  cmake_parse_arguments(ARG "" "" "LABELS" ${ARGN})
  add_test(NAME ${target} COMMAND ${target} --gtest_brief=1)
  set_tests_properties(${target} PROPERTIES
    TIMEOUT 300 LABELS "${ARG_LABELS}"
    ENVIRONMENT "VIGIE_SOURCE_DIR=${CMAKE_SOURCE_DIR};VIGIE_CACHE=${VIGIE_CACHE};TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tools/tsan.supp;OMP_NUM_THREADS=1")
endfunction()

function(vigie_room room)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;HEAVY" ${ARGN})
  vigie_target_name(${room} target)
  set(folder "${CMAKE_SOURCE_DIR}/src/${room}")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  set(depends "")
  foreach(other ${ARG_DEPENDS})
    vigie_target_name(${other} other_target)
    list(APPEND depends ${other_target})
  endforeach()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC vigie_pch ${depends}
                          PRIVATE ${ARG_LIBRARIES})
    target_precompile_headers(${target} REUSE_FROM vigie_pch)
    foreach(file ${ARG_HEAVY})
      set_source_files_properties("${folder}/${file}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    endforeach()
    if(ARG_HEAVY)
      set_property(TARGET ${target} PROPERTY JOB_POOL_COMPILE heavy)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE vigie_pch ${depends} ${ARG_LIBRARIES})
  endif()

  if(tests)
    add_executable(${target}_test ${tests})
    target_link_libraries(${target}_test PRIVATE ${target} ${ARG_LIBRARIES} GTest::gtest GTest::gtest_main)
    target_precompile_headers(${target}_test REUSE_FROM vigie_pch)
    vigie_add_test(${target}_test LABELS unit)
  endif()
endfunction()
