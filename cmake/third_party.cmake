# SPDX-License-Identifier: Apache-2.0
# Every library we take. A room names what it uses; nothing else reaches it.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS system json url)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Protobuf REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
find_path(ZXCVBN_INCLUDE zxcvbn.h REQUIRED)
find_library(ZXCVBN_LIBRARY zxcvbn REQUIRED)
add_library(vigie_zxcvbn INTERFACE)
target_include_directories(vigie_zxcvbn INTERFACE "${ZXCVBN_INCLUDE}")
target_link_libraries(vigie_zxcvbn INTERFACE "${ZXCVBN_LIBRARY}")
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-i18n)
# libstemmer has no .pc file.
find_path(STEMMER_INCLUDE libstemmer.h REQUIRED)
find_library(STEMMER_LIBRARY stemmer REQUIRED)
add_library(vigie_stemmer INTERFACE)
target_include_directories(vigie_stemmer SYSTEM INTERFACE "${STEMMER_INCLUDE}")
target_link_libraries(vigie_stemmer INTERFACE "${STEMMER_LIBRARY}")
# Opened when the first sound comes, not linked (docs/adr/0019).
pkg_check_modules(LIBAV REQUIRED libavformat libavcodec libavutil libswresample)
add_library(vigie_libav INTERFACE)
target_include_directories(vigie_libav SYSTEM INTERFACE ${LIBAV_INCLUDE_DIRS})
target_link_libraries(vigie_libav INTERFACE ${CMAKE_DL_LIBS})

# CTranslate2 comes from tools/setup (docs/adr/0003); a system copy wins when there is one.
if(DEFINED ENV{VIGIE_CACHE})
  set(VIGIE_CACHE_DEFAULT "$ENV{VIGIE_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(VIGIE_CACHE_DEFAULT "$ENV{XDG_CACHE_HOME}/vigie")
else()
  set(VIGIE_CACHE_DEFAULT "$ENV{HOME}/.cache/vigie")
endif()
set(VIGIE_CACHE "${VIGIE_CACHE_DEFAULT}" CACHE PATH "Where tools/setup keeps what it fetched")
find_package(ctranslate2 QUIET)
if(TARGET CTranslate2::ctranslate2)
  add_library(vigie_ctranslate2 ALIAS CTranslate2::ctranslate2)
else()
  find_path(CTRANSLATE2_INCLUDE ctranslate2/models/whisper.h
            PATHS "${VIGIE_CACHE}/ctranslate2-4.8.4/include" NO_DEFAULT_PATH)
  find_library(CTRANSLATE2_LIBRARY ctranslate2
               PATHS "${VIGIE_CACHE}/ctranslate2-4.8.4/lib" NO_DEFAULT_PATH)
  if(CTRANSLATE2_INCLUDE AND CTRANSLATE2_LIBRARY)
    add_library(vigie_ctranslate2 SHARED IMPORTED)
    set_target_properties(vigie_ctranslate2 PROPERTIES
      IMPORTED_LOCATION "${CTRANSLATE2_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${CTRANSLATE2_INCLUDE}")
  else()
    message(WARNING "CTranslate2 is not in ${VIGIE_CACHE}: building without speech to text. "
                    "Cure: tools/setup, then cmake again")
  endif()
endif()
