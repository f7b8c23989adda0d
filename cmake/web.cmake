# SPDX-License-Identifier: Apache-2.0
# vigie_embed_web(TARGET): builds web/ with Vite and puts the files into TARGET. Without
# web/node_modules (tools/setup brings them) the server is built without its interface and says so.
function(vigie_embed_web target)
  set(web "${CMAKE_SOURCE_DIR}/web")
  set(dist "${CMAKE_BINARY_DIR}/web-dist")
  set(out "${CMAKE_BINARY_DIR}/web-embedded")
  find_program(NPM_PROGRAM npm)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(stamp "${CMAKE_BINARY_DIR}/web.stamp")
  if(NPM_PROGRAM AND EXISTS "${web}/node_modules" AND EXISTS "${web}/index.html")
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*")
    add_custom_command(OUTPUT "${stamp}"
      COMMAND "${NPM_PROGRAM}" --silent run build -- --outDir "${dist}" --emptyOutDir --logLevel error
      COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
      DEPENDS ${inputs} "${web}/index.html" "${web}/package.json" "${web}/vite.config.ts" "${web}/budget.ts"
      WORKING_DIRECTORY "${web}" COMMENT "Building the web application" VERBATIM)
  else()
    message(WARNING "web/node_modules is missing: building without the interface. Cure: tools/setup")
    file(REMOVE_RECURSE "${dist}")
    add_custom_command(OUTPUT "${stamp}" COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}" VERBATIM)
  endif()
  add_custom_command(OUTPUT "${out}/assets.S" "${out}/embedded_assets.cpp"
    COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/tools/embed_assets.py" "${dist}" "${out}"
    DEPENDS "${stamp}" "${CMAKE_SOURCE_DIR}/tools/embed_assets.py" VERBATIM)
  target_sources(${target} PRIVATE "${out}/assets.S" "${out}/embedded_assets.cpp")
  # .incbin reads files the compiler does not know of: it must not be cached.
  set_source_files_properties("${out}/assets.S" PROPERTIES OBJECT_DEPENDS "${stamp}" LANGUAGE ASM
                              SKIP_PRECOMPILE_HEADERS ON)
endfunction()
