# SPDX-License-Identifier: Apache-2.0
# vigie_proto(TARGET FILE): src/FILE.proto becomes the static library TARGET, on protobuf's lite
# runtime. Its header is included as "FILE.pb.h". What protoc writes stays in the build folder and is
# held to no warnings of ours.

function(vigie_proto target file)
  set(source "${CMAKE_SOURCE_DIR}/src/${file}.proto")
  set(out "${CMAKE_BINARY_DIR}/proto")
  file(MAKE_DIRECTORY "${out}")
  add_custom_command(
    OUTPUT "${out}/${file}.pb.cc" "${out}/${file}.pb.h"
    COMMAND protobuf::protoc "--cpp_out=lite:${out}" "-I${CMAKE_SOURCE_DIR}/src" "${source}"
    DEPENDS "${source}"
    COMMENT "protoc ${file}.proto"
    VERBATIM)
  add_library(${target} STATIC "${out}/${file}.pb.cc" "${out}/${file}.pb.h")
  target_compile_options(${target} PRIVATE -w)
  # clang-tidy has nothing to say about what protoc wrote.
  set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "")
  target_include_directories(${target} SYSTEM PUBLIC "${out}")
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf-lite)
endfunction()
